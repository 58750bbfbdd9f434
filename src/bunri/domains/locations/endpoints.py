"""``/api/v1/locations``: the nearest bins, and what people say about them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from bunri.domains.auth.public import Caller
from bunri.domains.locations.area import Area
from bunri.domains.locations.errors import AreaUpsideDown
from bunri.domains.locations.public import BinKind, NearbyBin
from bunri.domains.locations.schemas import BinDetails, BinMap, MapGround, PlaceSuggestion, VoteIn
from bunri.domains.locations.service import LocationsService
from bunri.domains.locations.settings import MapSettings
from bunri.platform.http import policy, signed_in, use

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
CurrentCaller = Annotated[Caller, signed_in]
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"


@router.get("/nearby", summary="The nearest bins")
async def nearby(
    locations: Locations, response: Response, lat: Latitude, lng: Longitude, kind: Kinds, limit: Limit = 10
) -> list[NearbyBin]:
    """Nearest first, by geodesic distance. Where you are is used for this answer and kept nowhere."""
    response.headers["Cache-Control"] = "no-store"
    return await locations.nearby(lat, lng, kind, limit)


@router.get("/within", summary="What a map shows")
async def within(
    locations: Locations,
    response: Response,
    south: Latitude,
    west: Longitude,
    north: Latitude,
    east: Longitude,
    kind: Kinds,
) -> BinMap:
    """The bins of an area, or clusters of them where they are many, and the number of each kind."""
    if south > north or west > east:
        raise AreaUpsideDown
    response.headers["Cache-Control"] = "private, max-age=30"
    return await locations.map_of(Area(south=south, north=north, west=west, east=east), kind)


@router.get("/places", summary="Where is that?")
async def places(
    locations: Locations,
    response: Response,
    q: Annotated[str, Query(min_length=1, max_length=100, pattern=PRINTABLE, examples=["노원구", "Busan", "서울시청"])],
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> list[PlaceSuggestion]:
    """Places by words, for those who do not want to say where they are. Without a map service we know the provinces and
    districts, by their Korean and English names, and the addresses of the bins."""
    response.headers["Cache-Control"] = "no-store"
    return await locations.find(q, limit)


@router.get("/ground", summary="What the map is drawn on")
async def ground(settings: Annotated[MapSettings, use(MapSettings)], response: Response) -> MapGround:
    """Somebody's tiles, when the operator chose some."""
    response.headers["Cache-Control"] = "public, max-age=300"
    tiles, style = (settings.url, None) if settings.is_raster else (None, settings.url)
    return MapGround(tiles_url=tiles, style_url=style, attribution=settings.attribution)


@router.get("/{bin_id}", summary="One bin")
async def details(bin_id: UUID, locations: Locations) -> BinDetails:
    """With what people last said about it."""
    return await locations.get(bin_id)


@router.post("/{bin_id}/votes", summary="Say that a bin is there, full or gone")
@policy(idempotent=True)
async def vote(bin_id: UUID, body: VoteIn, locations: Locations, caller: CurrentCaller) -> BinDetails:
    """One vote a person and bin; a new one takes the place of the last. Several people have to find a bin gone, on more
    than one day, before it is hidden."""
    return await locations.vote(bin_id, caller.id, body.vote)
