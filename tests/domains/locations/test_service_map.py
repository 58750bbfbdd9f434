"""What a map shows, and where words are."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert
from tests.domains.locations.conftest import NOW, LocationsAt
from tests.support.servers import ok, serving, status

from bunri.domains.locations.area import KOREA, Area
from bunri.domains.locations.models import BinRow
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.schemas import KindCount
from bunri.domains.locations.service import MAX_POINTS, LocationsService
from bunri.platform.db import Database
from bunri.platform.places.kakao import KakaoPlaces
from bunri.platform.places.settings import PlacesSettings

SEOUL = Area(south=37.4, north=37.7, west=126.8, east=127.2)


async def put(database: Database, *bins: Mapping[str, object]) -> None:
    usual = {"kind": BinKind.CLOTHES, "name": "수거함", "address": None, "source": "test", "created_at": NOW}
    rows = [{"id": uuid4(), "hidden_until": None, "full_until": None, **usual, **each} for each in bins]
    async with database.transaction("locations") as session:
        await session.execute(delete(BinRow))
        await session.execute(insert(BinRow), rows)


def points(count: int) -> Sequence[Mapping[str, object]]:
    return [{"lat": 37.5 + number / 1e4, "lng": 127.0 + number / 1e4} for number in range(count)]


class TestFewBins:
    async def test_are_listed_with_their_route_and_state(self, locations: LocationsService, database: Database) -> None:
        await put(database, {"lat": 37.5, "lng": 127.0, "full_until": NOW + timedelta(hours=1)})
        shown = await locations.map_of(SEOUL, [])
        assert shown.clusters == []
        (point,) = shown.bins
        assert (point.lat, point.lng, point.full) == (37.5, 127.0, True)
        assert point.route_url.startswith("https://map.kakao.com/")

    async def test_what_is_hidden_is_not_shown(self, locations: LocationsService, database: Database) -> None:
        await put(database, {"lat": 37.5, "lng": 127.0, "hidden_until": NOW + timedelta(hours=1)})
        assert (await locations.map_of(SEOUL, [])).total == 0

    async def test_every_kind_is_counted_whatever_was_asked_for(
        self, locations: LocationsService, database: Database
    ) -> None:
        await put(database, *points(3), {"lat": 37.6, "lng": 127.0, "kind": BinKind.BATTERY})
        shown = await locations.map_of(SEOUL, [BinKind.BATTERY])
        assert (shown.total, [each.kind for each in shown.bins]) == (1, [BinKind.BATTERY])
        assert shown.kinds == [
            KindCount(kind=BinKind.CLOTHES, count=3),
            KindCount(kind=BinKind.BATTERY, count=1),
        ]


class TestManyBins:
    async def test_become_clusters_that_hold_all_of_them(self, locations: LocationsService, database: Database) -> None:
        await put(database, *points(MAX_POINTS + 1))
        shown = await locations.map_of(SEOUL, [])
        assert shown.bins == []
        assert sum(each.count for each in shown.clusters) == shown.total == MAX_POINTS + 1
        assert all(SEOUL.contains(each.lat, each.lng) for each in shown.clusters)

    async def test_the_whole_country_can_be_asked_for(self, locations: LocationsService, database: Database) -> None:
        await put(database, *points(MAX_POINTS + 1))
        assert (await locations.map_of(KOREA, [])).total == MAX_POINTS + 1


class TestTheArea:
    @given(
        st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=20),
        st.tuples(st.floats(-90, 90), st.floats(-90, 90)).map(sorted),
        st.tuples(st.floats(-180, 180), st.floats(-180, 180)).map(sorted),
    )
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    async def test_shows_exactly_what_lies_in_it(
        self,
        locations: LocationsService,
        database: Database,
        places: list[tuple[float, float]],
        lat: list[float],
        lng: list[float],
    ) -> None:
        area = Area(south=lat[0], north=lat[1], west=lng[0], east=lng[1])
        await put(database, *({"lat": round(one, 6), "lng": round(other, 6)} for one, other in places))
        shown = await locations.map_of(area, [])
        expected = [place for place in places if area.contains(round(place[0], 6), round(place[1], 6))]
        assert shown.total == len(shown.bins) == len(expected)


class TestWords:
    @pytest.fixture(autouse=True)
    async def _bins(self, database: Database) -> None:
        nowon = {"lat": 37.65, "lng": 127.06, "address": "서울특별시 노원구 상계로 70"}
        await put(database, nowon, {"lat": 37.6, "lng": 127.0, "address": "서울특별시 100%로 1_2"})

    async def test_are_where_the_bins_with_that_address_are(self, locations: LocationsService) -> None:
        (place,) = await locations.find("상계로", 5)
        assert (place.name, place.lat, place.lng, place.source) == ("서울특별시 노원구 상계로", 37.65, 127.06, "bins")

    async def test_that_name_a_district_name_it_once(self, locations: LocationsService) -> None:
        assert [(place.name, place.source) for place in await locations.find("노원구", 5)] == [
            ("서울특별시 노원구", "districts")
        ]

    @pytest.mark.parametrize(
        ("words", "name", "address"),
        [
            ("Busan", "Busan", "부산광역시"),
            ("Haeundae", "Haeundae-gu, Busan", "부산광역시 해운대구"),
            ("Pusan", "Busan", "부산광역시"),
            ("해운대구", "부산광역시 해운대구", None),
            ("해윤대", "부산광역시 해운대구", None),
        ],
    )
    async def test_find_districts_without_bins(
        self, locations: LocationsService, words: str, name: str, address: str | None
    ) -> None:
        place = (await locations.find(words, 5))[0]
        assert (place.name, place.address, place.source) == (name, address, "districts")

    @pytest.mark.parametrize("words", ["서울 상계로", "서울시 상계로", "서울특별시 노원구 상계로"])
    async def test_may_call_a_province_otherwise_than_the_address(
        self, locations: LocationsService, words: str
    ) -> None:
        assert [place.name for place in await locations.find(words, 5)] == ["서울특별시 노원구 상계로"]

    @pytest.mark.parametrize("pattern", ["%%%", "_____", "노%구", "\\"])
    async def test_are_no_patterns(self, locations: LocationsService, pattern: str) -> None:
        assert await locations.find(pattern, 5) == []

    async def test_of_one_letter_are_nowhere(self, locations: LocationsService) -> None:
        assert await locations.find("노", 5) == []

    async def test_of_blanks_are_nowhere(self, locations: LocationsService) -> None:
        assert await locations.find("  ", 5) == []

    async def test_another_map_goes_first_and_its_failure_costs_nothing(self, locations_at: LocationsAt) -> None:
        answer = {
            "meta": {"is_end": True},
            "documents": [
                {
                    "id": "1",
                    "place_name": "노원구청",
                    "road_address_name": "서울 노원구 노해로 437",
                    "x": "127.0564",
                    "y": "37.6543",
                    "place_url": "http://place.map.kakao.com/1",
                    "distance": "",
                }
            ],
        }
        async with serving(ok(answer), status(500)) as server:
            kakao = PlacesSettings.model_validate(
                {"provider": "kakao", "api_key": "key", "base_url": server.url, "first_wait_s": 0.0, "retries": 0}
            )
            places = KakaoPlaces(kakao)
            try:
                both = await locations_at(places=places).find("노원", 5)
                alone = await locations_at(places=places).find("노원", 5)
            finally:
                await places.aclose()
        assert [place.source for place in both] == ["kakao", "districts"]
        assert [place.source for place in alone] == ["districts"]
