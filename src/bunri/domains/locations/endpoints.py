"""``/api/v1/locations``: the nearest bins, and what people say about them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from bunri.domains.auth.public import CurrentCaller
from bunri.domains.locations.public import BinKind, NearbyBin
from bunri.domains.locations.schemas import BinDetails, VoteIn
from bunri.domains.locations.service import LocationsService
from bunri.platform.inject import use

router = APIRouter(prefix="/api/v1/locations", tags=["locations"])

Locations = Annotated[LocationsService, use(LocationsService)]
Latitude = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False, description="WGS 84 degrees", examples=[37.5663])]
Longitude = Annotated[
    float, Query(ge=-180, le=180, allow_inf_nan=False, description="WGS 84 degrees", examples=[126.9779])
]
Kinds = Annotated[
    list[BinKind],
    Query(default_factory=list, max_length=len(BinKind), description="Repeat for several; all when left out."),
]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/nearby", summary="The nearest bins")
async def nearby(
    locations: Locations, response: Response, lat: Latitude, lng: Longitude, kind: Kinds, limit: Limit = 10
) -> list[NearbyBin]:
    """Nearest first, by geodesic distance. Where you are is used for this answer and kept nowhere."""
    response.headers["Cache-Control"] = "no-store"
    return await locations.nearby(lat, lng, kind, limit)


@router.get("/{bin_id}", summary="One bin")
async def details(bin_id: UUID, locations: Locations) -> BinDetails:
    """With what people last said about it."""
    return await locations.get(bin_id)


@router.post("/{bin_id}/votes", summary="Say that a bin is there, full or gone")
async def vote(bin_id: UUID, body: VoteIn, locations: Locations, caller: CurrentCaller) -> BinDetails:
    """One vote a person and bin; a new one takes the place of the last. Several people have to find a bin gone, on more
    than one day, before it is hidden."""
    return await locations.vote(bin_id, caller.id, body.vote)
