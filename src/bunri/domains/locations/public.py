"""The public interface of locations: the nearest bins."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class BinKind(StrEnum):
    """What a bin takes."""

    RECYCLING = "recycling"
    PET = "pet"
    CARTON = "carton"
    CLOTHES = "clothes"
    BATTERY = "battery"
    LAMP = "lamp"
    MEDICINE = "medicine"
    ELECTRONICS = "electronics"
    FOOD = "food"
    STREET = "street"


class Vote(StrEnum):
    """What a person saw of a bin."""

    OK = "ok"
    FULL = "full"
    GONE = "gone"


class NamedBin(BaseModel):
    """A bin, without where anybody stands."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: BinKind
    name: str
    address: str | None


class NearbyBin(BaseModel):
    """A bin and how far it is."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: BinKind
    name: str
    address: str | None = None
    lat: float = Field(ge=-90, le=90, description="WGS 84 degrees")
    lng: float = Field(ge=-180, le=180, description="WGS 84 degrees")
    distance_m: float = Field(ge=0, description="Geodesic distance in metres (Karney 2013)")
    source: str
    route_url: str = Field(description="Opens turn-by-turn directions.")
    full: bool = Field(False, description="Somebody found it full within the last day.")
    doubted: bool = Field(False, description="Two people found it gone within the last two weeks.")


Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Limit = Annotated[int, Field(ge=1, le=100)]


class LocationsPublic(Protocol):
    """Finds bins."""

    async def nearby(self, lat: Latitude, lng: Longitude, kinds: Sequence[BinKind], limit: Limit) -> list[NearbyBin]:
        """The ``limit`` nearest bins of ``kinds`` (all kinds when empty), nearest first, exact by geodesic distance."""
        ...

    async def saw(self, bin_id: UUID, person: str, vote: Vote) -> NamedBin:
        """Counts what a person saw of a bin, in place of what they saw before; once more changes nothing. Raises
        BinMissing."""
        ...
