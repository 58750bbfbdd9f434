"""Nearest bins, against every distance computed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert
from tests.domains.locations.conftest import NOW, LocationsAt
from tests.support.servers import Server, Step, cut, garbage, hang, ok, serving, slow, status, too_many

from bunri.domains.locations import external_places
from bunri.domains.locations.geodesy import distance, round_degrees
from bunri.domains.locations.models import BinRow
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.repository import LocationsRepository
from bunri.domains.locations.service import FAR_M, LocationsService
from bunri.platform.db import Database
from bunri.platform.places.kakao import KakaoPlaces
from bunri.platform.places.settings import PlacesSettings

Point = tuple[float, float]


def degrees(most: float) -> st.SearchStrategy[float]:
    """Any angle as the importer keeps it."""
    return st.floats(-most, most).map(round_degrees)


ANYWHERE = st.tuples(degrees(90), degrees(180))
EDGES = st.tuples(
    st.sampled_from([-90.0, -89.9999, 0.0, 37.5, 89.9999, 90.0]),
    st.sampled_from([-180.0, -179.9999, 0.0, 127.0, 180.0]),
)
IN_TOWN = st.tuples(st.floats(37.5, 37.6), st.floats(126.9, 127.1))
POINTS = ANYWHERE | EDGES | IN_TOWN


async def put(database: Database, points: Sequence[Point], kinds: Sequence[BinKind]) -> None:
    rows = [
        {"id": uuid4(), "kind": kind, "name": "수거함", "lat": lat, "lng": lng, "source": "test", "created_at": NOW}
        for (lat, lng), kind in zip(points, kinds, strict=True)
    ]
    async with database.transaction("locations") as session:
        await session.execute(delete(BinRow))
        await session.execute(insert(BinRow), rows)


class TestNearestOfAll:
    @given(
        points=st.lists(st.tuples(POINTS, st.sampled_from(BinKind)), min_size=1, max_size=60),
        here=POINTS | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
        wanted=st.lists(st.sampled_from(BinKind), max_size=4),
        limit=st.integers(1, 12),
    )
    @settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
    async def test_is_what_computing_every_distance_gives(
        self,
        database: Database,
        locations: LocationsService,
        points: list[tuple[Point, BinKind]],
        here: Point,
        wanted: list[BinKind],
        limit: int,
    ) -> None:
        await put(database, [point for point, _ in points], [kind for _, kind in points])
        found = await locations.nearby(*here, wanted, limit)
        expected = sorted(distance(*here, *point) for point, kind in points if not wanted or kind in wanted)[:limit]
        assert len(found) == len(expected)
        near = [metres for metres in expected if metres < FAR_M - DOUBT]
        assert [each.distance_m for each in found[: len(near)]] == pytest.approx(near, abs=0.011)
        assert all(each.distance_m > FAR_M - DOUBT for each in found[len(near) :])
        assert all(each.distance_m == pytest.approx(distance(*here, each.lat, each.lng), abs=0.01) for each in found)
        assert {each.kind for each in found} <= set(wanted or BinKind)

    async def test_counts_right_where_many_bins_are_almost_equally_far(
        self, database: Database, locations: LocationsService
    ) -> None:
        """A ring around the point: the first candidates prove nothing."""
        ring = [(87.4 + 0.0000001 * (step % 7), -180 + step * 0.9) for step in range(400)]
        await put(database, ring, [BinKind.PET] * 400)
        found = await locations.nearby(90, 0, [BinKind.PET], 5)
        expected = sorted(distance(90, 0, *point) for point in ring)[:5]
        assert [each.distance_m for each in found] == pytest.approx(expected, abs=0.011)

    async def test_far_from_all_of_them_is_answered_by_the_first_candidates(
        self, database: Database, locations: LocationsService
    ) -> None:
        here, town = (-33.9, 18.4), [(37.5 + step * 1e-5, 127.0) for step in range(1500)]
        await put(database, town, [BinKind.PET] * 1500)
        found = await locations.nearby(*here, [BinKind.PET], 100)
        expected = sorted(distance(*here, *point) for point in town)[:100]
        assert [each.distance_m for each in found] == pytest.approx(expected, rel=0.004)

    async def test_is_empty_without_bins(self, locations: LocationsService) -> None:
        assert await locations.nearby(37.5, 127, [], 10) == []


DOUBT = 1.0
CITY_HALL = (37.5663, 126.9779)


def kakao_page(*places: tuple[str, str, float, float]) -> dict[str, object]:
    documents = [
        {
            "id": number,
            "place_name": name,
            "road_address_name": "서울 중구 세종대로 110",
            "address_name": "",
            "x": str(lng),
            "y": str(lat),
            "place_url": f"http://place.map.kakao.com/{number}",
            "distance": "10",
        }
        for number, name, lat, lng in places
    ]
    return {"meta": {"is_end": True}, "documents": documents}


@asynccontextmanager
async def kakao(*script: Step, **settings: object) -> AsyncIterator[tuple[KakaoPlaces, Server]]:
    async with serving(*script) as server:
        given = {"provider": "kakao", "api_key": "key", "base_url": server.url, "retries": 0, **settings}
        places = KakaoPlaces(PlacesSettings.model_validate(given))
        yield places, server
        await places.aclose()


class TestWithAnotherMap:
    async def test_adds_its_places_and_shows_no_bin_twice(self, database: Database, locations_at: LocationsAt) -> None:
        await put(database, [CITY_HALL], [BinKind.BATTERY])
        page = kakao_page(("1", "시청 건전지함", 37.5664, 126.9780), ("2", "덕수궁 건전지함", 37.5651, 126.9767))
        async with kakao(ok(page)) as (places, server):
            found = await locations_at(places=places).nearby(*CITY_HALL, [BinKind.BATTERY], 10)
        assert [(each.name, each.source) for each in found] == [("수거함", "test"), ("덕수궁 건전지함", "kakao")]
        assert server.requests[0].query["query"] == "폐건전지 수거함"

    async def test_asks_for_the_usual_kinds_when_none_is_named(self, locations_at: LocationsAt) -> None:
        async with kakao(ok(kakao_page())) as (places, server):
            assert await locations_at(places=places).nearby(*CITY_HALL, [], 10) == []
        asked = {request.query["query"] for request in server.requests}
        assert asked == {"재활용 수거함", "의류수거함", "폐건전지 수거함"}

    @pytest.mark.parametrize(
        "fault",
        [garbage(), hang, cut, status(500), status(401), too_many("60"), slow(10, ok(kakao_page()))],
        ids=["garbage", "silence", "cut", "500", "401", "429", "slow"],
    )
    async def test_answers_without_it_when_it_fails(
        self, database: Database, locations_at: LocationsAt, fault: Step
    ) -> None:
        await put(database, [CITY_HALL], [BinKind.BATTERY])
        async with kakao(fault, timeout_s=0.2) as (places, _):
            found = await locations_at(places=places).nearby(*CITY_HALL, [BinKind.BATTERY], 10)
        assert [each.source for each in found] == ["test"]

    async def test_answers_without_it_when_all_its_pages_together_take_too_long(
        self, database: Database, locations_at: LocationsAt, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(external_places, "TIMEOUT_S", 0.2)
        await put(database, [CITY_HALL], [BinKind.BATTERY])
        async with kakao(slow(5, ok(kakao_page())), timeout_s=60) as (places, _):
            found = await locations_at(places=places).nearby(*CITY_HALL, [BinKind.BATTERY], 10)
        assert [each.source for each in found] == ["test"]

    async def test_has_no_transaction_open_while_it_asks(self, database: Database) -> None:
        opened, seen = 0, []

        @asynccontextmanager
        async def begin() -> AsyncIterator[LocationsRepository]:
            nonlocal opened
            async with database.transaction("locations") as session:
                opened += 1
                yield LocationsRepository(session)
            opened -= 1

        async def look(writer: asyncio.StreamWriter) -> None:
            seen.append(opened)
            await ok(kakao_page())(writer)

        async with kakao(look) as (places, _):
            await LocationsService(begin, lambda: NOW, places).nearby(*CITY_HALL, [BinKind.BATTERY], 10)
        assert seen == [0]
