"""``bunri bins pull`` as a person types it, against local servers that play the providers."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from tests.support.servers import Server, Step, ok, serving, status
from typer.testing import CliRunner, Result

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.cli.bins import bins
from bunri.domains.locations.service import LocationsService

T = TypeVar("T")
Run = Callable[..., Result]

ROWS = [
    {
        "instlPlcNm": f"수거함 {number}",
        "ctpvNm": city,
        "sggNm": district,
        "lctnRoadNmAddr": f"{city} {district} 길 {number}",
        "lat": str(35 + number / 100),
        "lot": "129.1",
    }
    for number, (city, district) in enumerate([("부산광역시", "해운대구"), ("서울특별시", "중구")])
]
NODE = {"type": "node", "id": 1, "lat": 35.2, "lon": 129.1, "tags": {"amenity": "recycling", "name": "정거장"}}


def page(rows: list[dict[str, str]]) -> Step:
    body = {"items": rows, "totalCount": str(len(rows)), "pageNo": "1"}
    return ok({"response": {"header": {"resultCode": "00"}, "body": body}})


EMPTY = page([])
PORTAL = (page(ROWS), EMPTY, EMPTY, EMPTY)
"""What the four data sets answer, in their order."""


@contextmanager
def served(*script: Step) -> Iterator[Server]:
    """A server in a thread of its own, because a command has its own event loop."""
    ready, over = threading.Event(), threading.Event()
    running: list[Server] = []

    async def serve() -> None:
        async with serving(*script) as server:
            running.append(server)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield running[0]
    finally:
        over.set()
        thread.join()


class Connected:
    """Reaches the servers of the tests, and makes services as a command's own connection does."""

    data: Path | None = None

    def __init__(self, settings: Settings, **changes: Any) -> None:
        self._settings = settings.model_validate({**settings.model_dump(), **changes})

    def open(self, kind: type[T]) -> AbstractAsyncContextManager[T]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[T]:
            container = InlineContainer(self._settings)
            try:
                yield container.get(kind)
            finally:
                await container.close()

        return opened()


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """``bunri bins`` with arguments, on an empty table; a provider without a server is not there."""
    monkeypatch.setenv("COLUMNS", "200")
    nowhere = {"base_url": "http://127.0.0.1:9", "retries": 0, "first_wait_s": 0.0}

    def empty() -> None:
        async def remove() -> None:
            async with Connected(settings).open(LocationsService) as locations, locations._transaction() as repository:
                for source in {each.source for each in await repository.newest(None, 1000)}:
                    await repository.remove_source(source)

        asyncio.run(remove())

    def invoke(*arguments: str, portal: Server | None = None, osm: Server | None = None, key: str = "key") -> Result:
        changes = {
            "data_go_kr": {**nowhere, **({"base_url": portal.url} if portal else {}), "api_key": key or None},
            "overpass": {**nowhere, **({"base_url": osm.url} if osm else {})},
        }
        return CliRunner().invoke(bins, [*arguments, "--lang", "en"], obj=Connected(settings, **changes))

    empty()
    yield invoke
    empty()


class TestPull:
    def test_brings_both_providers_and_says_what_came(self, run: Run) -> None:
        with served(*PORTAL) as portal, served(ok({"elements": [NODE]})) as osm:
            result = run("pull", portal=portal, osm=osm)
        assert result.exit_code == 0, result.output
        assert "Pulling 전국의류수거함표준데이터" in result.stderr
        assert "Pulling © OpenStreetMap contributors" in result.stderr
        listed = run("list").stdout
        assert "수거함 0" in listed
        assert "정거장" in listed
        assert "© OpenStreetMap contributors" in listed

    def test_of_a_region_takes_that(self, run: Run) -> None:
        with served(*PORTAL) as portal:
            result = run("pull", "Haeundae", "--source", "data.go.kr", portal=portal)
        assert result.exit_code == 0, result.output
        assert "rows of other regions" in result.stdout
        listed = run("list").stdout
        assert "수거함 0" in listed
        assert "수거함 1" not in listed

    def test_asks_openstreetmap_for_the_province_only(self, run: Run) -> None:
        with served(ok({"elements": [NODE]})) as osm:
            assert run("pull", "부산", "--source", "openstreetmap", osm=osm).exit_code == 0
        assert len(osm.requests) == 1

    def test_tells_what_did_not_come_and_ends_with_one(self, run: Run) -> None:
        refused = ok({"header": {"resultCode": "30", "resultMsg": "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"}})
        with served(page(ROWS), refused, status(500), EMPTY) as portal:
            result = run("pull", "--source", "data.go.kr", portal=portal)
        assert result.exit_code == 1
        assert "the service key is not accepted" in result.stderr
        assert "error status_500" in result.stderr
        assert "What came is kept" in result.stderr
        assert "수거함 1" in run("list").stdout

    def test_without_a_key_leaves_the_portal_out_and_says_so(self, run: Run) -> None:
        with served(ok({"elements": [NODE]})) as osm:
            result = run("pull", "부산", osm=osm, key="")
        assert result.exit_code == 0, result.output
        assert "BUNRI_DATA_GO_KR__API_KEY" in result.stderr
        assert run("pull", "--source", "data.go.kr", key="").exit_code == 1

    @pytest.mark.parametrize("region", ["Atlantis", "중구", ""])
    def test_of_a_region_that_is_none_or_several_says_so(self, run: Run, region: str) -> None:
        result = run("pull", region)
        assert result.exit_code == 1
        assert "There is no province or district" in result.stderr

    def test_from_somebody_unknown_is_wrong_usage(self, run: Run) -> None:
        assert run("pull", "--source", "nobody").exit_code == 2

    def test_never_shows_the_key(self, run: Run) -> None:
        with served(status(500)) as portal:
            result = run("pull", "--source", "data.go.kr", portal=portal, key="s3cret-key")
        assert "s3cret-key" not in result.output
