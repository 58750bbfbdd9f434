"""The Overpass API's protocol, faults included, played by a local server."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.support.servers import Server, Step, cut, garbage, hang, ok, serving, status, too_many

from bunri.platform.open_data.errors import OpenDataFailed
from bunri.platform.open_data.overpass import Element, Overpass
from bunri.platform.open_data.settings import OverpassSettings

TAGS = {"amenity": "recycling", "recycling:clothes": "yes"}
NODE = {"type": "node", "id": 1, "lat": 37.5, "lon": 127.0, "tags": TAGS}
BUSAN = (34.8, 128.7, 35.5, 129.4)


def result(*elements: dict[str, Any], **more: object) -> Step:
    head = {"version": 0.6, "generator": "Overpass API", "osm3s": {"copyright": "ODbL"}}
    return ok({**head, "elements": list(elements), **more})


@asynccontextmanager
async def overpass(*script: Step, **settings: Any) -> AsyncIterator[tuple[Overpass, Server]]:
    async with serving(*script) as server:
        usual = {"base_url": server.url, "first_wait_s": 0.0, "timeout_s": 60}
        async with aclosing(Overpass(OverpassSettings.model_validate({**usual, **settings}))) as opened:
            yield opened, server


async def find(opened: Overpass) -> list[Element]:
    return await opened.find([("amenity", "recycling")], BUSAN)


async def reason_of(opened: Overpass) -> str:
    with pytest.raises(OpenDataFailed) as caught:
        await find(opened)
    return caught.value.reason


class TestFinding:
    async def test_gives_nodes_and_the_middles_of_areas(self) -> None:
        way = {"type": "way", "id": 2, "center": {"lat": 37.6, "lon": 127.1}, "tags": TAGS}
        relation = {"type": "relation", "id": 3, "tags": TAGS}
        async with overpass(result(NODE, way, relation)) as (opened, _):
            assert await find(opened) == [
                Element("node/1", 37.5, 127.0, TAGS),
                Element("way/2", 37.6, 127.1, TAGS),
                Element("relation/3", None, None, TAGS),
            ]

    async def test_asks_in_the_query_language_within_a_box_and_says_who_asks(self) -> None:
        async with overpass(result()) as (opened, server):
            await opened.find([("amenity", "recycling"), ("amenity", "waste_basket")], BUSAN)
        (request,) = server.requests
        assert (request.method, request.path) == ("POST", "/interpreter")
        assert request.headers["user-agent"].startswith("bunri/")
        box = "34.8000,128.7000,35.5000,129.4000"
        assert parse_qs(request.body.decode())["data"] == [
            f'[out:json][timeout:30];(nwr["amenity"="recycling"]({box});nwr["amenity"="waste_basket"]({box}););'
            "out center tags;"
        ]

    async def test_a_remark_that_is_no_error_costs_nothing(self) -> None:
        async with overpass(result(NODE, remark="runtime remark: the server is busy")) as (opened, _):
            assert len(await find(opened)) == 1


class TestFailures:
    @pytest.mark.parametrize(
        "fault",
        [
            result(NODE, remark='runtime error: Query timed out in "query" at line 1 after 31 seconds.'),
            result(remark="runtime error: Query run out of memory using about 512 MB of RAM."),
            status(429, b"<html>rate_limited</html>", {"Retry-After": "0"}),
            status(504, b"<html>The server is probably too busy</html>"),
            status(500),
            garbage(),
            cut,
            status(200, b'{"version": 0.6, "elements": [{"type": "node", "id": 1, "lat": 37.5'),
        ],
    )
    async def test_a_passing_trouble_is_tried_again_and_half_an_answer_is_not_used(self, fault: Step) -> None:
        second = {**NODE, "id": 2}
        async with overpass(fault, result(second)) as (opened, server):
            assert [each.id for each in await find(opened)] == ["node/2"]
        assert len(server.requests) == 2

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            (result(NODE, remark="runtime error: Query timed out"), "overloaded"),
            (result(NODE, remark="runtime error: open64: 2 No such file"), "remark"),
            (status(400, b"<html>parse error</html>"), "status_400"),
            (too_many("3600"), "status_429"),
            (result({**NODE, "lat": 137.5}), "garbage"),
        ],
    )
    async def test_a_lasting_one_is_told(self, fault: Step, reason: str) -> None:
        async with overpass(fault, retries=1) as (opened, _):
            assert await reason_of(opened) == reason

    async def test_what_hangs_ends(self) -> None:
        async with overpass(hang, timeout_s=0.2) as (opened, _):
            assert await reason_of(opened) == "timeout"

    async def test_a_server_that_fails_on_and_on_is_left_alone(self) -> None:
        async with overpass(status(500), retries=2, breaker_failures=3) as (opened, server):
            assert await reason_of(opened) == "status_500"
            assert await reason_of(opened) == "circuit_open"
        assert len(server.requests) == 3
