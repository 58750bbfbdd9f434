"""Request and response bodies of locations' endpoints."""

from uuid import UUID

from pydantic import BaseModel, Field

from bunri.domains.locations.public import BinKind, Vote


class VoteIn(BaseModel):
    vote: Vote = Field(description="What you saw: it is there (ok), there but full, or gone.")


class VoteCounts(BaseModel):
    """People by their last vote."""

    ok: int = 0
    full: int = 0
    gone: int = 0


class BinDetails(BaseModel):
    id: UUID
    kind: BinKind
    name: str
    address: str | None
    lat: float = Field(description="WGS 84 degrees")
    lng: float = Field(description="WGS 84 degrees")
    source: str
    route_url: str = Field(description="Opens turn-by-turn directions.")
    full: bool = Field(description="Somebody found it full within the last day.")
    doubted: bool = Field(description="Two people found it gone within the last two weeks.")
    hidden: bool = Field(description="Enough people found it gone: `nearby` leaves it out for a while.")
    votes: VoteCounts


class KindCount(BaseModel):
    kind: BinKind
    count: int


class BinPoint(BaseModel):
    """A bin on a map."""

    id: UUID
    kind: BinKind
    name: str
    address: str | None
    lat: float = Field(description="WGS 84 degrees")
    lng: float = Field(description="WGS 84 degrees")
    route_url: str = Field(description="Opens turn-by-turn directions.")
    full: bool = Field(description="Somebody found it full within the last day.")
    doubted: bool = Field(description="Two people found it gone within the last two weeks.")


class Cluster(BaseModel):
    """Bins too many to draw one by one, where they are on average."""

    lat: float
    lng: float
    count: int


class DataCredit(BaseModel):
    """Whose open data the bins are."""

    text: str
    url: str


class BinMap(BaseModel):
    """What a map of an area shows: its bins or, where they are too many, clusters of them."""

    kinds: list[KindCount] = Field(description="All kinds in the area, most first, whatever was asked for.")
    total: int = Field(description="Bins of the kinds asked for.")
    bins: list[BinPoint]
    clusters: list[Cluster]
    credits: list[DataCredit] = Field(description="Who must be named beside the bins, by the licences of their data.")


class MapGround(BaseModel):
    """What lies under the bins on a map; nothing when both addresses are null."""

    tiles_url: str | None = Field(description="Picture tiles: a template with {z}, {x} and {y} (Web Mercator).")
    style_url: str | None = Field(description="A style document (MapLibre).")
    attribution: str = Field(description="Whose map it is: shown with it.")


class PlaceSuggestion(BaseModel):
    """A place that words name."""

    name: str
    address: str | None
    lat: float = Field(description="WGS 84 degrees")
    lng: float = Field(description="WGS 84 degrees")
    source: str = Field(
        description="'districts' for a province or district, 'bins' from our own bins' addresses, else the map asked."
    )
