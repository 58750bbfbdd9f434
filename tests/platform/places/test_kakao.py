from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from pydantic import ValidationError
from tests.support.servers import Server, Step, cut, garbage, hang, ok, serving, slow, status, too_many

from bunri.platform.places.errors import PlacesFailed
from bunri.platform.places.factory import open_places
from bunri.platform.places.protocol import Place, RemotePlaces
from bunri.platform.places.settings import PlacesSettings

CITY_HALL = (37.566826, 126.978656)


def document(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(26338954 + number),
        "place_name": f"재활용센터 {number}호점",
        "category_name": "가정,생활 > 재활용센터",
        "category_group_code": "",
        "category_group_name": "",
        "phone": "02-123-4567",
        "address_name": "서울 중구 태평로1가 31",
        "road_address_name": "서울 중구 세종대로 110",
        "x": "126.97843",
        "y": "37.56682",
        "place_url": f"http://place.map.kakao.com/{26338954 + number}",
        "distance": str(10 * number),
    } | changes


def page(*documents: dict[str, Any], end: bool = True, total: int = 100) -> Step:
    return ok(
        {
            "meta": {
                "same_name": {"region": [], "keyword": "재활용센터", "selected_region": ""},
                "pageable_count": min(total, 45),
                "total_count": total,
                "is_end": end,
            },
            "documents": list(documents),
        }
    )


@asynccontextmanager
async def kakao(*script: Step, **settings: Any) -> AsyncIterator[tuple[RemotePlaces, Server]]:
    async with serving(*script) as server:
        opened = open_places(
            PlacesSettings.model_validate(
                {"provider": "kakao", "api_key": "rest-key", "base_url": server.url, "first_wait_s": 0.0, **settings}
            )
        )
        assert opened is not None
        async with aclosing(opened) as places:
            yield places, server


async def near(
    places: RemotePlaces, *, radius_m: int = 1000, limit: int = 10, words: str = "재활용센터"
) -> list[Place]:
    return await places.nearby(*CITY_HALL, words, radius_m, limit)


async def reason_of(places: RemotePlaces) -> str:
    with pytest.raises(PlacesFailed) as caught:
        await near(places)
    return caught.value.reason


class TestSearching:
    async def test_a_place_comes_back_with_its_coordinates_the_right_way_round(self) -> None:
        async with kakao(page(document(1))) as (places, _):
            assert await near(places) == [
                Place(
                    id="kakao:26338955",
                    name="재활용센터 1호점",
                    address="서울 중구 세종대로 110",
                    lat=37.56682,
                    lng=126.97843,
                    url="http://place.map.kakao.com/26338955",
                    distance_m=10.0,
                )
            ]

    async def test_the_question_goes_out_as_documented(self) -> None:
        async with kakao(page()) as (places, server):
            assert await near(places, limit=5) == []
        request = server.requests[0]
        assert (request.method, request.path) == ("GET", "/v2/local/search/keyword.json")
        assert request.headers["authorization"] == "KakaoAK rest-key"
        assert request.query == {
            "query": "재활용센터",
            "x": "126.978656",
            "y": "37.566826",
            "radius": "1000",
            "size": "5",
            "sort": "distance",
            "page": "1",
        }

    async def test_what_kakao_would_refuse_is_cut_to_what_it_takes(self) -> None:
        async with kakao(page()) as (places, server):
            await near(places, radius_m=50_000, limit=100, words="가" * 500)
        query = server.requests[0].query
        assert (query["radius"], query["size"], len(query["query"])) == ("20000", "15", 100)

    async def test_the_land_lot_address_stands_in_for_a_missing_road_address(self) -> None:
        async with kakao(page(document(1, road_address_name=""))) as (places, _):
            assert (await near(places))[0].address == "서울 중구 태평로1가 31"


class TestPaging:
    async def test_pages_are_read_until_there_are_enough(self) -> None:
        pages = [page(*(document(n) for n in range(15 * i, 15 * i + 15)), end=False) for i in range(3)]
        async with kakao(*pages) as (places, server):
            found = await near(places, limit=20)
        assert [place.distance_m for place in found] == [10.0 * n for n in range(20)]
        assert [request.query["page"] for request in server.requests] == ["1", "2"]

    async def test_no_more_than_three_pages_are_asked_for(self) -> None:
        pages = [page(*(document(n) for n in range(15 * i, 15 * i + 15)), end=False) for i in range(4)]
        async with kakao(*pages) as (places, server):
            assert len(await near(places, limit=100)) == 45
        assert len(server.requests) == 3

    async def test_the_last_page_ends_it(self) -> None:
        async with kakao(page(document(1), end=True)) as (places, server):
            assert len(await near(places, limit=45)) == 1
        assert len(server.requests) == 1

    async def test_a_place_on_two_pages_is_listed_once(self) -> None:
        async with kakao(page(document(1), document(2), end=False), page(document(2), document(3))) as (places, _):
            assert [place.distance_m for place in await near(places)] == [10.0, 20.0, 30.0]

    async def test_when_a_later_page_fails_the_nearest_are_kept(self) -> None:
        async with kakao(page(document(1), end=False), status(500), retries=0) as (places, _):
            assert len(await near(places)) == 1


class TestFinding:
    async def test_words_are_asked_for_without_a_point(self) -> None:
        async with kakao(page(document(1, distance=""))) as (places, server):
            (found,) = await places.find("재활용센터", 5)
        assert (found.name, found.distance_m) == ("재활용센터 1호점", None)
        assert server.requests[0].query == {"query": "재활용센터", "size": "5"}

    async def test_what_is_no_place_is_looked_up_as_an_address(self) -> None:
        address = {"address_name": "서울 노원구 상계로 70", "x": "127.06", "y": "37.65", "address_type": "ROAD_ADDR"}
        async with kakao(page(), ok({"meta": {}, "documents": [address]})) as (places, server):
            (found,) = await places.find("상계로 70", 5)
        assert (found.name, found.lat, found.lng) == ("서울 노원구 상계로 70", 37.65, 127.06)
        assert server.requests[1].path == "/v2/local/search/address.json"

    async def test_a_failure_is_told(self) -> None:
        async with kakao(status(500), retries=0) as (places, _):
            with pytest.raises(PlacesFailed):
                await places.find("노원구", 5)


class TestFailing:
    async def test_a_busy_service_is_asked_again(self) -> None:
        async with kakao(too_many("0"), page(document(1))) as (places, server):
            assert len(await near(places)) == 1
        assert len(server.requests) == 2

    @pytest.mark.parametrize("code", [-10, -11])
    async def test_a_spent_quota_is_not_asked_again(self, code: int) -> None:
        spent = status(400, {"code": code, "msg": "API limit has been exceeded."})
        async with kakao(spent) as (places, server):
            assert await reason_of(places) == "spent"
        assert len(server.requests) == 1

    async def test_a_spent_quota_opens_the_breaker(self) -> None:
        async with kakao(status(400, {"code": -10, "msg": ""}), breaker_failures=2) as (places, server):
            assert [await reason_of(places) for _ in range(3)] == ["spent", "spent", "circuit_open"]
        assert len(server.requests) == 2

    async def test_a_refused_question_is_not_a_spent_quota(self) -> None:
        refused = status(400, {"errorType": "MissingParameter", "message": "query parameter required"})
        async with kakao(refused) as (places, _):
            assert await reason_of(places) == "status_400"

    async def test_a_wrong_key_is_not_tried_twice(self) -> None:
        denied = status(401, {"errorType": "AccessDeniedError", "message": "cannot find appkey"})
        async with kakao(denied) as (places, server):
            assert await reason_of(places) == "status_401"
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "step",
        [
            garbage(),
            ok({}),
            page(document(1, x="127.5도")),
            page(document(1, y="137.5")),
            page(document(1, place_url="javascript:alert(1)")),
            page(*(document(n) for n in range(16))),
        ],
        ids=["page", "empty", "words", "off the globe", "script", "too many"],
    )
    async def test_an_answer_outside_the_protocol_is_refused(self, step: Step) -> None:
        async with kakao(step) as (places, _):
            assert await reason_of(places) == "garbage"

    @pytest.mark.parametrize("step", [hang, slow(30, page())], ids=["hangs", "is slow"])
    async def test_a_service_that_takes_too_long_is_left(self, step: Step) -> None:
        async with kakao(step, timeout_s=0.2) as (places, _):
            assert await reason_of(places) == "timeout"

    async def test_a_cut_connection_is_made_again(self) -> None:
        async with kakao(cut, page(document(1))) as (places, _):
            assert len(await near(places)) == 1


class TestChoosingAMap:
    def test_there_is_none_by_default(self) -> None:
        assert open_places(PlacesSettings()) is None

    def test_kakao_without_a_key_is_refused_at_start(self) -> None:
        with pytest.raises(ValidationError, match="needs api_key"):
            PlacesSettings(provider="kakao")
