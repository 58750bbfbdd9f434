"""Kakao Local, search by keyword and by address (developers.kakao.com/docs/latest/en/local/dev-guide)."""

from functools import partial
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, HttpUrl, TypeAdapter, ValidationError

from bunri.platform.external import Answer, ExternalApi
from bunri.platform.places.errors import PlacesFailed
from bunri.platform.places.protocol import Place
from bunri.platform.places.settings import PlacesSettings
from bunri.platform.resilience import ExternalFailed, Guard

T = TypeVar("T")

DEFAULT_URL: Final = "https://dapi.kakao.com"
PAGE_SIZE: Final = 15
MOST_PAGES: Final = 3
"""Kakao shows no more than 45 results of a search."""
LARGEST_RADIUS_M: Final = 20_000
LONGEST_WORDS: Final = 100
QUOTA_SPENT: Final = frozenset({-10, -11})
"""Codes of Kakao's own, under status 400."""


class _Document(BaseModel):
    id: str
    place_name: str
    road_address_name: str = ""
    address_name: str = ""
    x: float = Field(ge=-180, le=180, description="longitude")
    y: float = Field(ge=-90, le=90, description="latitude")
    place_url: HttpUrl
    distance: Annotated[float | None, Field(ge=0), BeforeValidator(lambda said: None if said == "" else said)] = None
    """Metres; empty when no point was asked for."""

    def place(self) -> Place:
        return Place(
            id=f"kakao:{self.id}",
            name=self.place_name,
            address=self.road_address_name or self.address_name or None,
            lat=self.y,
            lng=self.x,
            url=str(self.place_url),
            distance_m=self.distance,
        )


class _Meta(BaseModel):
    is_end: bool


class _ResultPage(BaseModel):
    meta: _Meta
    documents: list[_Document] = Field(max_length=PAGE_SIZE)


class _Address(BaseModel):
    """A document of the search by address: it has no page and no name of its own."""

    address_name: str
    x: float = Field(ge=-180, le=180, description="longitude")
    y: float = Field(ge=-90, le=90, description="latitude")

    def place(self) -> Place:
        name = self.address_name
        return Place(id=f"kakao:{name}", name=name, address=name, lat=self.y, lng=self.x, url="")


class _AddressResults(BaseModel):
    documents: list[_Address] = Field(max_length=PAGE_SIZE)


class _ErrorBody(BaseModel):
    code: int


class KakaoPlaces:
    """RemotePlaces by Kakao. Needs ``api_key``."""

    def __init__(self, settings: PlacesSettings) -> None:
        self._api = ExternalApi(str(settings.base_url or DEFAULT_URL), {"Authorization": f"KakaoAK {settings.key}"})
        self._guard = Guard("kakao", settings)
        self._pages = TypeAdapter(_ResultPage)
        self._addresses = TypeAdapter(_AddressResults)

    async def nearby(self, lat: float, lng: float, words: str, radius_m: int, limit: int) -> list[Place]:
        """As Places; never more than 45, and the radius is cut at 20 km. Raises PlacesFailed."""
        query = {
            "query": words[:LONGEST_WORDS],
            "x": f"{lng:.6f}",
            "y": f"{lat:.6f}",
            "radius": str(min(radius_m, LARGEST_RADIUS_M)),
            "size": str(min(limit, PAGE_SIZE)),
            "sort": "distance",
        }
        found: dict[str, Place] = {}  # by id: a place that moves between pages while we read comes twice
        for page in range(1, MOST_PAGES + 1):
            try:
                answer = await self._guard.call(
                    partial(self._ask, "keyword", {**query, "page": str(page)}, self._pages)
                )
            except ExternalFailed as failed:
                if found:
                    break  # the nearest ones are better than none
                raise PlacesFailed(failed.reason) from failed
            found |= {place.id: place for place in map(_Document.place, answer.documents)}
            if answer.meta.is_end or len(found) >= limit:
                break
        return list(found.values())[:limit]

    async def find(self, words: str, limit: int) -> list[Place]:
        """As Places; addresses are asked for when no place has such a name. Raises PlacesFailed."""
        query = {"query": words[:LONGEST_WORDS], "size": str(min(limit, PAGE_SIZE))}
        try:
            named = await self._guard.call(partial(self._ask, "keyword", query, self._pages))
            if named.documents:
                return [document.place() for document in named.documents][:limit]
            addresses = await self._guard.call(partial(self._ask, "address", query, self._addresses))
        except ExternalFailed as failed:
            raise PlacesFailed(failed.reason) from failed
        return [document.place() for document in addresses.documents][:limit]

    async def aclose(self) -> None:
        await self._api.aclose()

    async def _ask(self, by: str, query: dict[str, str], shape: TypeAdapter[T]) -> T:
        answer = await self._api.send("GET", f"/v2/local/search/{by}.json", query=query)
        if answer.status == 400 and _code(answer) in QUOTA_SPENT:
            raise ExternalFailed("spent")  # probably until midnight: the breaker then stops further calls
        return answer.read(shape)


def _code(answer: Answer) -> int | None:
    """Kakao's own error code (developers.kakao.com/docs/latest/en/rest-api/error-code)."""
    try:
        return _ErrorBody.model_validate_json(answer.body).code
    except ValidationError:
        return None
