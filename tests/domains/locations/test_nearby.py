"""Nearest bins, against every distance computed."""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert
from tests.domains.locations.conftest import NOW, OpenLocations
from tests.support.servers import garbage, ok, serving

from bunri.domains.locations.geodesy import distance, settled
from bunri.domains.locations.models import Bin
from bunri.domains.locations.public import BinKind
from bunri.platform.db import Database
from bunri.platform.places.kakao import KakaoPlaces
from bunri.platform.places.settings import PlacesSettings

Point = tuple[float, float]


def degrees(most: float) -> st.SearchStrategy[float]:
    """Any angle as the importer keeps it."""
    return st.floats(-most, most).map(settled)


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
    async with database.transaction() as session:
        await session.execute(delete(Bin))
        await session.execute(insert(Bin), rows)


class TestNearestOfAll:
    @given(
        points=st.lists(st.tuples(POINTS, st.sampled_from(BinKind)), min_size=1, max_size=60),
        here=POINTS | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
        wanted=st.lists(st.sampled_from(BinKind), max_size=4),
        limit=st.integers(1, 12),
    )
    @settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    async def test_is_what_computing_every_distance_gives(
        self,
        database: Database,
        open_locations: OpenLocations,
        points: list[tuple[Point, BinKind]],
        here: Point,
        wanted: list[BinKind],
        limit: int,
    ) -> None:
        await put(database, [point for point, _ in points], [kind for _, kind in points])
        async with open_locations() as locations:
            found = await locations.nearby(*here, wanted, limit)
        expected = sorted(distance(*here, *point) for point, kind in points if not wanted or kind in wanted)[:limit]
        assert [each.distance_m for each in found] == pytest.approx(expected, abs=0.011)
        assert all(each.distance_m == pytest.approx(distance(*here, each.lat, each.lng), abs=0.01) for each in found)
        assert {each.kind for each in found} <= set(wanted or BinKind)

    async def test_counts_right_where_many_bins_are_almost_equally_far(
        self, database: Database, open_locations: OpenLocations
    ) -> None:
        """A ring around the point: chord and geodesic order differ, and the first candidates prove nothing."""
        ring = [(60 + 0.00001 * (step % 7), -180 + step * 0.9) for step in range(400)]
        await put(database, ring, [BinKind.PET] * 400)
        async with open_locations() as locations:
            found = await locations.nearby(90, 0, [BinKind.PET], 5)
        expected = sorted(distance(90, 0, *point) for point in ring)[:5]
        assert [each.distance_m for each in found] == pytest.approx(expected, abs=0.011)

    async def test_is_empty_without_bins(self, open_locations: OpenLocations) -> None:
        async with open_locations() as locations:
            assert await locations.nearby(37.5, 127, [], 10) == []


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


def kakao(url: str) -> KakaoPlaces:
    return KakaoPlaces(PlacesSettings.model_validate({"provider": "kakao", "api_key": "key", "base_url": url}))


class TestWithAnotherMap:
    async def test_adds_its_places_and_shows_no_bin_twice(
        self, database: Database, open_locations: OpenLocations
    ) -> None:
        await put(database, [CITY_HALL], [BinKind.BATTERY])
        page = kakao_page(("1", "시청 건전지함", 37.5664, 126.9780), ("2", "덕수궁 건전지함", 37.5651, 126.9767))
        async with serving(ok(page)) as server:
            places = kakao(server.url)
            async with open_locations(places=places) as locations:
                found = await locations.nearby(*CITY_HALL, [BinKind.BATTERY], 10)
            await places.aclose()
        assert [(each.name, each.source) for each in found] == [("수거함", "test"), ("덕수궁 건전지함", "kakao")]
        assert server.requests[0].query["query"] == "폐건전지 수거함"

    async def test_asks_for_the_usual_kinds_when_none_is_named(self, open_locations: OpenLocations) -> None:
        async with serving(ok(kakao_page())) as server:
            places = kakao(server.url)
            async with open_locations(places=places) as locations:
                assert await locations.nearby(*CITY_HALL, [], 10) == []
            await places.aclose()
        asked = {request.query["query"] for request in server.requests}
        assert asked == {"재활용 수거함", "의류수거함", "폐건전지 수거함"}

    async def test_answers_without_it_when_it_fails(self, database: Database, open_locations: OpenLocations) -> None:
        await put(database, [CITY_HALL], [BinKind.BATTERY])
        async with serving(garbage()) as server:
            places = kakao(server.url)
            async with open_locations(places=places) as locations:
                found = await locations.nearby(*CITY_HALL, [BinKind.BATTERY], 10)
            await places.aclose()
        assert [each.source for each in found] == ["test"]
