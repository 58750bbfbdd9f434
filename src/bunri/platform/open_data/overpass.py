"""OpenStreetMap through the Overpass API: everything with certain tags in an area.

The server says some failures under status 200, in ``remark``: then what came is a part of the answer and is not used.
The data is © OpenStreetMap contributors, Open Database License 1.0: that must be said wherever it is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bunri import __version__
from bunri.platform.external import Answer, ExternalApi
from bunri.platform.open_data.errors import OpenDataFailed
from bunri.platform.open_data.settings import OverpassSettings
from bunri.platform.resilience import ExternalFailed, Guard, failed_status

DEFAULT_URL: Final = "https://overpass-api.de/api"
LONGEST_ANSWER: Final = 64 << 20
"""Bytes. An element has some 300; a province some thousand elements."""
SHORTEST_SEARCH_S: Final = 5


class _Point(BaseModel):
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class _Element(BaseModel):
    type: Literal["node", "way", "relation"]
    id: int
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    center: _Point | None = None
    tags: dict[str, str] = Field(default_factory=dict)


class _Result(BaseModel):
    elements: list[_Element]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """A node, way or relation of the map, with its middle in WGS 84 degrees (None when the server gave none)."""

    id: str
    """``node/240109189``: unique within the map, and kept while the thing is moved or renamed."""
    lat: float | None
    lng: float | None
    tags: dict[str, str]


class Overpass:
    """One server. Its rule is one question at a time, so callers wait for an answer before they ask again."""

    def __init__(self, settings: OverpassSettings) -> None:
        self._search_s = max(SHORTEST_SEARCH_S, int(settings.timeout_s / 2))
        headers = {"User-Agent": f"bunri/{__version__}"}
        self._api = ExternalApi(str(settings.base_url or DEFAULT_URL), headers, longest_answer=LONGEST_ANSWER)
        self._guard = Guard("overpass", settings)
        self._shape = TypeAdapter(_Result)

    async def find(self, tags: Sequence[tuple[str, str]], bounds: tuple[float, float, float, float]) -> list[Element]:
        """Everything that has one of ``tags`` (key, value) within ``bounds`` (south, west, north, east; degrees).

        Raises OpenDataFailed.
        """
        box = ",".join(f"{degrees:.4f}" for degrees in bounds)
        wanted = "".join(f'nwr["{key}"="{value}"]({box});' for key, value in tags)
        question = f"[out:json][timeout:{self._search_s}];({wanted});out center tags;"
        try:
            return await self._guard.call(partial(self._ask, question))
        except ExternalFailed as failed:
            raise OpenDataFailed(failed.reason) from failed

    async def aclose(self) -> None:
        await self._api.aclose()

    async def _ask(self, question: str) -> list[Element]:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await self._api.send(
            "POST", "/interpreter", content=urlencode({"data": question}).encode(), headers=form
        )
        result = self._read(answer)
        if "error" in result.remark:
            out_of_time = "timed out" in result.remark or "memory" in result.remark
            raise ExternalFailed("overloaded" if out_of_time else "remark", retryable=True)
        return [_element(each) for each in result.elements]

    def _read(self, answer: Answer) -> _Result:
        if not 200 <= answer.status < 300:
            raise failed_status(answer.status, answer.headers)
        try:
            return self._shape.validate_json(answer.body)
        except ValidationError:
            # Behind an overloaded server also its error page comes with status 200.
            raise ExternalFailed("garbage", retryable=True) from None


def _element(found: _Element) -> Element:
    middle: Any = found.center
    lat, lng = (middle.lat, middle.lon) if middle else (found.lat, found.lon)
    return Element(f"{found.type}/{found.id}", lat, lng, found.tags)
