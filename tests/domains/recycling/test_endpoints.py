from collections.abc import AsyncIterator

import httpx
import pytest
from tests.domains.recycling.typed_words import typed
from tests.support.api import api_client

from bunri.domains.recycling.endpoints import router
from bunri.domains.recycling.service import RecyclingService


@pytest.fixture
async def client(recycling: RecyclingService) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client(router, recycling, at="/api/v1/recycling") as made:
        yield made


class TestSearch:
    async def test_answers_in_the_callers_language(self, client: httpx.AsyncClient) -> None:
        found = await client.get("/search", params={"q": "깨진 유리"}, headers={"Accept-Language": "en"})
        assert found.status_code == 200
        assert found.json()[0] == {
            "item": "broken-glass",
            "name": "Broken glass",
            "category": "incombustible",
            "category_name": "Non-combustible waste sack",
            "material": "glass",
            "form": "piece",
            "score": 1.0,
            "sure": True,
        }

    async def test_says_of_every_word_without_a_row_that_it_is_not_known(self, client: httpx.AsyncClient) -> None:
        for asked in typed("words.tsv"):
            found = (await client.get("/search", params={"q": asked.words, "limit": 1})).json()
            if asked.items:
                assert [(each["item"] in asked.items, each["sure"]) for each in found] == [(True, True)], asked.words
            else:
                assert [each["sure"] for each in found] in ([], [False]), asked.words

    async def test_puts_what_is_named_before_what_is_near(self, client: httpx.AsyncClient) -> None:
        for words in ("페트병", "즉석밥 그릇", "glasses", "의자 바퀴"):
            sure = [each["sure"] for each in (await client.get("/search", params={"q": words, "limit": 50})).json()]
            assert sure == sorted(sure, reverse=True)

    @pytest.mark.parametrize("words", ["ㅍ", "페", "페트", "페트ㅂ", "페트벼", "페트병"])
    async def test_offers_a_word_while_it_is_typed(self, client: httpx.AsyncClient, words: str) -> None:
        found = (await client.get("/search", params={"q": words, "limit": 50})).json()
        assert "clear-pet-bottle" in [each["item"] for each in found]

    @pytest.mark.parametrize(
        "params", [{}, {"q": ""}, {"q": "가" * 201}, {"q": "캔", "limit": 0}, {"q": "캔", "limit": 51}]
    )
    async def test_bounds_what_it_is_asked(self, client: httpx.AsyncClient, params: dict[str, str]) -> None:
        assert (await client.get("/search", params=params)).status_code == 422


class TestAllItems:
    @pytest.mark.parametrize("region", [None, "seoul"])
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_say_the_same_as_each_item_by_itself(
        self, client: httpx.AsyncClient, language: str, region: str | None
    ) -> None:
        headers = {"Accept-Language": language}
        params = {"region": region} if region else {}
        document = (await client.get("/items", params=params, headers=headers)).json()
        assert len(document["items"]) > 300
        for stored in document["items"][::20]:
            address = f"/items/{stored['item']}"
            alone = (await client.get(address, params=params, headers=headers)).json()
            assert document["version"] == alone["disposal"]["rule"]["version"]
            assert {name: stored[name] for name in alone} == alone
            assert alone["name"] in stored["names"]
            for change in stored["changes"]:
                tagged = {**params, "tags": change["tag"]}
                in_state = (await client.get(address, params=tagged, headers=headers)).json()
                assert stored["states"][change["tag"]] == in_state["disposal"]

    async def test_are_small_and_sent_only_when_they_changed(self, client: httpx.AsyncClient) -> None:
        first = await client.get("/items", headers={"Accept-Encoding": "gzip"})
        assert first.headers["Content-Encoding"] == "gzip"
        assert int(first.headers["Content-Length"]) < 100_000
        known = {"If-None-Match": first.headers["ETag"]}
        again = await client.get("/items", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        english = await client.get("/items", headers={**known, "Accept-Language": "en"})
        assert english.status_code == 200
        plain = await client.get("/items", headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers
        assert plain.json() == first.json()

    async def test_of_an_unknown_region_are_refused(self, client: httpx.AsyncClient) -> None:
        refused = await client.get("/items", params={"region": "atlantis"})
        assert (refused.status_code, refused.json()["code"]) == (404, "region_missing")


class TestItem:
    async def test_that_no_source_confirms_says_so_in_a_sentence(self, client: httpx.AsyncClient) -> None:
        for language, sentence in (("ko", "구청이나 주민센터에"), ("en", "check with your district")):
            headers = {"Accept-Language": language}
            unread = (await client.get("/items/manual-toothbrush", headers=headers)).json()["disposal"]["rule"]
            assert (unread["verified"], sentence in unread["notice"]) == (False, True)
            read = (await client.get("/items/receipt", headers=headers)).json()["disposal"]["rule"]
            assert (read["verified"], read["notice"]) == (True, None)

    async def test_knows_region_and_tags(self, client: httpx.AsyncClient) -> None:
        asked = {"region": "노원구", "tags": ["coloured", "clean"]}
        body = (await client.get("/items/styrofoam-box", params=asked)).json()
        assert body["disposal"]["category"] == "general"
        assert body["disposal"]["rule"]["region"] == "seoul-nowon"
        assert "노원구는" in body["disposal"]["why"]

    async def test_gives_a_sign_or_nothing_for_each_step_in_either_language(self, client: httpx.AsyncClient) -> None:
        for language in ("ko", "en"):
            said = (await client.get("/items/liquid-medicine", headers={"Accept-Language": language})).json()
            assert len(said["disposal"]["steps"]) == 2
            assert said["disposal"]["signs"] == ["cap_on", None]

    async def test_that_does_not_exist_is_a_problem_with_a_sentence(self, client: httpx.AsyncClient) -> None:
        missing = await client.get("/items/flux-capacitor")
        assert missing.status_code == 404
        assert missing.json()["code"] == "item_missing"
        assert "flux-capacitor" in missing.json()["detail"]


class TestRules:
    async def test_page_by_cursor(self, client: httpx.AsyncClient) -> None:
        first = await client.get("/rules", params={"limit": 2})
        second = await client.get("/rules", params={"limit": 2, "cursor": first.headers["X-Next-Cursor"]})
        slugs = [rule["item"] for rule in first.json() + second.json()]
        assert len(slugs) == 4
        assert slugs == sorted(set(slugs))

    async def test_end_without_a_cursor(self, client: httpx.AsyncClient) -> None:
        one = await client.get("/rules", params={"item": "book-magazine"})
        assert len(one.json()) == 1
        assert "X-Next-Cursor" not in one.headers

    @pytest.mark.parametrize(
        ("params", "status", "code"),
        [({"region": "Atlantis"}, 404, "region_missing"), ({"item": "x"}, 404, "item_missing")],
    )
    async def test_say_what_is_missing(
        self, client: httpx.AsyncClient, params: dict[str, str], status: int, code: str
    ) -> None:
        response = await client.get("/rules", params=params)
        assert (response.status_code, response.json()["code"]) == (status, code)

    async def test_refuse_a_tag_nobody_knows(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/rules", params={"tags": "haunted"})).status_code == 422


class TestLists:
    async def test_of_kinds(self, client: httpx.AsyncClient) -> None:
        kinds = (await client.get("/kinds", headers={"Accept-Language": "en"})).json()
        assert kinds[0]["name"] == "Plastic film"
        assert {kind["value"] for kind in kinds if kind["hazard"]} >= {"battery", "lamp", "medicine", "broken-glass"}

    async def test_of_categories_and_regions(self, client: httpx.AsyncClient) -> None:
        categories, regions = (await client.get("/categories")).json(), (await client.get("/regions")).json()
        assert categories[0]["name"] == "종이류"
        assert {"slug": "seoul-nowon", "name": "서울 노원구", "within": "seoul", "rules": 5} in regions
