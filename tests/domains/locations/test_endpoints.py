from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from structlog.testing import capture_logs
from tests.domains.locations.conftest import NOW, LocationsAt
from tests.support.api import api_client
from tests.support.tokens import access_token

from bunri.domains.auth.settings import AuthSettings
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.tokens import Verifier
from bunri.domains.locations.endpoints import router
from bunri.domains.locations.models import BinRow
from bunri.domains.locations.public import BinKind, Vote
from bunri.domains.locations.service import LocationsService
from bunri.domains.locations.settings import MapSettings
from bunri.platform.db import Database

Headers = Callable[[str], dict[str, str]]

CITY_HALL = {"lat": 37.5663, "lng": 126.9779}
KEY = SigningKeys("a seed for tests only")


@pytest.fixture
async def client(locations: LocationsService) -> AsyncIterator[httpx.AsyncClient]:
    ground = MapSettings(url="https://tiles.example/{z}/{x}/{y}.png", attribution="© Somebody")
    async with api_client(router, locations, ground, verifier=Verifier(KEY, lambda: NOW)) as made:
        yield made


@pytest.fixture
def signed_in() -> Headers:
    def headers(name: str) -> dict[str, str]:
        token = access_token(KEY, f"guest_{name}", name, NOW, AuthSettings().access_ttl)
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
async def bins(database: Database) -> dict[BinKind, str]:
    """A bin of each of three kinds, each 111 m further north."""
    ids = {kind: uuid4() for kind in (BinKind.PET, BinKind.CLOTHES, BinKind.STREET)}
    async with database.transaction("locations") as session:
        for step, (kind, bin_id) in enumerate(ids.items()):
            place = {"lat": 37.5663 + step / 1000, "lng": 126.9779}
            session.add(BinRow(id=bin_id, kind=kind, name=f"{kind} bin", **place, source="test", created_at=NOW))
    return {kind: str(bin_id) for kind, bin_id in ids.items()}


class TestNearby:
    async def test_lists_the_nearest_first_with_a_route(
        self, client: httpx.AsyncClient, bins: dict[BinKind, str]
    ) -> None:
        response = await client.get("/api/v1/locations/nearby", params=CITY_HALL)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        found = response.json()
        assert [each["kind"] for each in found] == ["pet", "clothes", "street"]
        assert [each["distance_m"] for each in found] == pytest.approx([0, 111.0, 222.0], abs=0.1)
        assert found[0] == {
            "id": bins[BinKind.PET],
            "kind": "pet",
            "name": "pet bin",
            "address": None,
            "lat": 37.5663,
            "lng": 126.9779,
            "distance_m": 0,
            "source": "test",
            "route_url": "https://map.kakao.com/link/to/pet%20bin,37.566300,126.977900",
            "full": False,
            "doubted": False,
        }

    async def test_of_several_kinds_and_no_more_than_asked(
        self, client: httpx.AsyncClient, bins: dict[BinKind, str]
    ) -> None:
        asked = CITY_HALL | {"kind": ["street", "clothes"]}
        response = await client.get("/api/v1/locations/nearby", params=asked)
        assert [each["kind"] for each in response.json()] == ["clothes", "street"]
        response = await client.get("/api/v1/locations/nearby", params=asked | {"limit": 1})
        assert [each["kind"] for each in response.json()] == ["clothes"]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"lat": 91}, "query.lat"),
            ({"lat": "nan"}, "query.lat"),
            ({"lng": "-inf"}, "query.lng"),
            ({"lng": 180.1}, "query.lng"),
            ({"lng": "here"}, "query.lng"),
            ({"limit": 0}, "query.limit"),
            ({"limit": 101}, "query.limit"),
            ({"kind": "house"}, "query.kind.0"),
            ({"kind": ["pet"] * 11}, "query.kind"),
        ],
    )
    async def test_refuses_what_is_no_place_on_earth_or_kind_of_bin(
        self, client: httpx.AsyncClient, change: dict[str, object], field: str
    ) -> None:
        response = await client.get("/api/v1/locations/nearby", params=CITY_HALL | change)  # type: ignore[arg-type]
        assert response.status_code == 422
        assert response.json()["errors"][0]["field"] == field

    @pytest.mark.parametrize("lat", ["1e-300", "5e-324", "-0.0", "90", "1e-9"])
    async def test_takes_the_smallest_angle(
        self, client: httpx.AsyncClient, bins: dict[BinKind, str], lat: str
    ) -> None:
        response = await client.get("/api/v1/locations/nearby", params={"lat": lat, "lng": lat})
        assert len(response.json()) == len(bins)

    async def test_where_a_person_stands_is_written_nowhere(
        self, client: httpx.AsyncClient, bins: dict[BinKind, str]
    ) -> None:
        with capture_logs() as logs:
            await client.get("/api/v1/locations/nearby", params={"lat": 37.51234, "lng": 127.04321})
        assert logs
        assert "37.51234" not in str(logs)


class TestTheMap:
    async def test_shows_the_bins_of_an_area(self, client: httpx.AsyncClient, bins: dict[BinKind, str]) -> None:
        area = {"south": 37.5, "north": 37.5668, "west": 126.9, "east": 127.1}
        response = await client.get("/api/v1/locations/within", params=area)
        assert response.status_code == 200
        shown = response.json()
        assert [each["id"] for each in shown["bins"]] == [bins[BinKind.PET]]
        assert shown["kinds"] == [{"kind": "pet", "count": 1}]

    async def test_of_an_area_upside_down_is_refused(self, client: httpx.AsyncClient) -> None:
        area = {"south": 38, "north": 37, "west": 126.9, "east": 127.1}
        response = await client.get("/api/v1/locations/within", params=area)
        assert (response.status_code, response.json()["code"]) == (422, "area_upside_down")

    async def test_goes_where_words_name(self, client: httpx.AsyncClient, bins: dict[BinKind, str]) -> None:
        response = await client.get("/api/v1/locations/places", params={"q": "pet bin"})
        assert response.status_code == 200
        assert [(place["name"], place["source"]) for place in response.json()] == [("pet bin", "bins")]

    @pytest.mark.parametrize("words", ["Busan", "Seoul", "해운대구", "Haeundae-gu"])
    async def test_finds_districts_without_bins_and_without_a_map_service(
        self, client: httpx.AsyncClient, words: str
    ) -> None:
        response = await client.get("/api/v1/locations/places", params={"q": words})
        assert [place["source"] for place in response.json()] == ["districts"]
        assert response.json()[0]["name"].split(",")[0].endswith(words)

    @pytest.mark.parametrize("words", ["", "a\x00b", "가" * 101])
    async def test_words_are_bounded(self, client: httpx.AsyncClient, words: str) -> None:
        response = await client.get("/api/v1/locations/places", params={"q": words})
        assert (response.status_code, response.json()["code"]) == (422, "invalid")


class TestDetails:
    async def test_tell_what_people_said(self, client: httpx.AsyncClient, bins: dict[BinKind, str]) -> None:
        response = await client.get(f"/api/v1/locations/{bins[BinKind.PET]}")
        assert response.status_code == 200
        assert response.json()["votes"] == {"ok": 0, "full": 0, "gone": 0}

    async def test_of_an_unknown_bin_are_missing(self, client: httpx.AsyncClient) -> None:
        response = await client.get(f"/api/v1/locations/{uuid4()}", headers={"Accept-Language": "en"})
        assert response.status_code == 404
        assert response.json()["code"] == "bin_missing"
        assert response.json()["detail"] == "There is no such bin."


class TestVotes:
    async def test_of_three_people_on_two_days_hide_a_bin(
        self, client: httpx.AsyncClient, bins: dict[BinKind, str], signed_in: Headers, locations_at: LocationsAt
    ) -> None:
        yesterday = locations_at(at=NOW - timedelta(days=1))
        await yesterday.vote(UUID(bins[BinKind.PET]), "guest_가", Vote.GONE)
        url = f"/api/v1/locations/{bins[BinKind.PET]}/votes"
        hidden = [
            (await client.post(url, json={"vote": "gone"}, headers=signed_in(name))).json()["hidden"]
            for name in ("나", "나", "다")
        ]
        assert hidden == [False, False, True]
        found = (await client.get("/api/v1/locations/nearby", params=CITY_HALL)).json()
        assert [each["kind"] for each in found] == ["clothes", "street"]

    async def test_need_somebody(self, client: httpx.AsyncClient, bins: dict[BinKind, str]) -> None:
        response = await client.post(f"/api/v1/locations/{bins[BinKind.PET]}/votes", json={"vote": "ok"})
        assert response.status_code == 401

    async def test_are_ok_full_or_gone(
        self, client: httpx.AsyncClient, bins: dict[BinKind, str], signed_in: Headers
    ) -> None:
        url = f"/api/v1/locations/{bins[BinKind.PET]}/votes"
        assert (await client.post(url, json={"vote": "stolen"}, headers=signed_in("가"))).status_code == 422
        for vote in ("ok", "full", "gone"):
            answer = (await client.post(url, json={"vote": vote}, headers=signed_in("가"))).json()
            assert answer["votes"] == {"ok": 0, "full": 0, "gone": 0} | {vote: 1}
            assert answer["full"] is (vote == "full")

    async def test_on_an_unknown_bin_are_missing(self, client: httpx.AsyncClient, signed_in: Headers) -> None:
        response = await client.post(f"/api/v1/locations/{uuid4()}/votes", json={"vote": "ok"}, headers=signed_in("가"))
        assert response.json()["code"] == "bin_missing"


class TestGround:
    async def test_it_says_whose_map_lies_under_the_bins(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/api/v1/locations/ground")
        assert response.json() == {
            "tiles_url": "https://tiles.example/{z}/{x}/{y}.png",
            "style_url": None,
            "attribution": "© Somebody",
        }
