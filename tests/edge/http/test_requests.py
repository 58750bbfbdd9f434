"""What every request goes through: ids, limits, problems, idempotency."""

import errno
import gzip
import os
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
from pydantic import BaseModel
from redis.asyncio import Redis
from starlette.types import Message, Receive, Scope, Send
from tests.support.api import bare_app, client_of

from bunri.app.settings import Settings
from bunri.edge.http.idempotency import MOST, Idempotency
from bunri.edge.http.policies import policies_of
from bunri.edge.http.requests import BodyLimit, RequestContext
from bunri.kit.errors import Limited, Unavailable
from bunri.kit.ids import new_id
from bunri.platform.cache import Cache
from bunri.platform.http import policy

LIMIT = 1000


class Order(BaseModel):
    drink: str
    cups: int


class Shop:
    def __init__(self) -> None:
        self.served = 0
        self.closed = False


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def client(settings: Settings, shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    cache = Cache(settings.cache_address("common"))
    app = bare_app()

    @app.post("/orders", status_code=201)
    @policy(idempotent=True, max_body=LIMIT)
    async def order(body: Order) -> dict[str, int]:
        if shop.closed:
            raise Unavailable
        shop.served += body.cups
        return {"served": shop.served}

    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError

    @app.get("/files/{number}")
    async def files(number: int) -> None:
        raise OSError(number, os.strerror(number))

    @app.get("/busy")
    async def busy() -> None:
        raise Limited(retry_after=7)

    app.add_middleware(Idempotency, cache=cache, policies=policies_of(app), identify=lambda given: given or None)
    app.add_middleware(BodyLimit, policies=policies_of(app))
    app.add_middleware(RequestContext)
    async with client_of(app, answers_errors=True) as made:
        yield made
    await cache.close()


class TestProblems:
    async def test_a_wrong_field_is_named(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/orders", json={"drink": "tea", "cups": "many"})
        problem = response.json()
        assert response.headers["content-type"] == "application/problem+json"
        assert (problem["status"], problem["code"], problem["errors"][0]["field"]) == (422, "invalid", "body.cups")
        assert problem["errors"][0]["detail"] == "정수여야 해요."
        assert problem["request_id"] == response.headers["x-request-id"]

    async def test_the_sentence_is_in_the_callers_language(self, client: httpx.AsyncClient) -> None:
        korean = await client.get("/nowhere")
        english = await client.get("/nowhere", headers={"Accept-Language": "en"})
        assert korean.json()["detail"] == "그런 주소는 없어요."
        assert english.json()["detail"] == "There is nothing at this address."
        assert (english.json()["code"], english.headers["content-language"]) == ("not_found", "en")

    async def test_a_bug_is_a_problem_without_its_insides(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/broken")
        assert (response.status_code, response.json()["code"]) == (500, "internal")
        assert response.headers["x-request-id"] == response.json()["request_id"]
        assert "ZeroDivision" not in response.text

    async def test_a_disk_that_is_full_is_told_and_any_other_trouble_with_files_is_a_bug(
        self, client: httpx.AsyncClient
    ) -> None:
        for number in (errno.ENOSPC, errno.EDQUOT):
            response = await client.get(f"/files/{number}")
            assert (response.status_code, response.json()["code"]) == (507, "storage_full")
        assert (await client.get(f"/files/{errno.EACCES}")).status_code == 500

    async def test_a_limit_says_when_to_come_back(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/busy", headers={"Accept-Language": "en"})
        assert (response.status_code, response.headers["retry-after"]) == (429, "7")
        assert "7 s" in response.json()["detail"]

    async def test_a_browser_that_was_led_here_gets_a_page(self, client: httpx.AsyncClient) -> None:
        led = {"Accept-Language": "en", "Sec-Fetch-Mode": "navigate"}
        response = await client.get("/busy", headers=led)
        assert (response.status_code, response.headers["retry-after"]) == (429, "7")
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert "7 s" in response.text
        assert '<a href="/">Back to the start</a>' in response.text

    async def test_a_wrong_method_is_a_problem_too(self, client: httpx.AsyncClient) -> None:
        response = await client.delete("/orders")
        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


class TestRequestId:
    async def test_a_sane_id_of_the_caller_is_kept(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/nowhere", headers={"X-Request-ID": "order-12345678"})
        assert response.headers["x-request-id"] == "order-12345678"

    @pytest.mark.parametrize("given", ["short", "x" * 65, "no spaces here", "<script>alert</script>"])
    async def test_any_other_is_replaced(self, client: httpx.AsyncClient, given: str) -> None:
        response = await client.get("/nowhere", headers={"X-Request-ID": given})
        assert response.headers["x-request-id"] != given


class TestBodyLimit:
    async def test_a_large_body_is_refused_by_its_length(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/orders", content=b" " * (LIMIT + 1))
        assert (response.status_code, response.json()["code"]) == (413, "too_large")

    async def test_a_large_body_is_refused_though_it_hides_its_length(self, client: httpx.AsyncClient) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b" " * 100

        response = await client.post("/orders", content=chunks())
        assert response.status_code == 413

    @pytest.mark.parametrize("length", ["-1", "many"])
    async def test_a_nonsense_length_is_refused(self, client: httpx.AsyncClient, length: str) -> None:
        response = await client.post("/orders", content=b"{}", headers={"Content-Length": length})
        assert response.status_code == 413

    @pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip", "aws-chunked"])
    async def test_a_compressed_body_is_refused_as_such(self, client: httpx.AsyncClient, coding: str) -> None:
        headers = {"Content-Encoding": coding, "Content-Type": "application/json", "Accept-Language": "en"}
        response = await client.post("/orders", content=gzip.compress(orjson.dumps(TEA)), headers=headers)
        assert (response.status_code, response.json()["code"]) == (415, "body_encoded")
        assert "Content-Encoding" in response.json()["detail"]

    async def test_a_coding_that_is_none_is_no_matter(self, client: httpx.AsyncClient) -> None:
        assert (await client.post("/orders", json=TEA, headers={"Content-Encoding": "Identity"})).status_code == 201
        assert (await client.get("/nowhere", headers={"Content-Encoding": "gzip"})).status_code == 404

    @pytest.mark.parametrize("sent", [b'{"drink": "tea", "cups": 1}', b'{"drink"', b""])
    async def test_a_body_whose_client_went_away_is_never_taken_for_complete(self, shop: Shop, sent: bytes) -> None:
        """What came may be a whole document by chance, as the first of a list of lines is."""
        statuses = []

        async def gone() -> Message:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def told(message: Message) -> None:
            statuses.append(message.get("status"))

        async def taken(scope: Scope, receive: Receive, send: Send) -> None:
            shop.served += 1

        messages: list[Message] = [{"type": "http.request", "body": sent, "more_body": True}]
        scope = {"type": "http", "method": "POST", "path": "/orders", "headers": [], "query_string": b""}
        await BodyLimit(taken, policies_of(bare_app()))(scope, gone, told)
        assert shop.served == 0
        assert statuses[0] == 422


@pytest.fixture
def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id()), "Authorization": "Bearer somebody"}


TEA = {"drink": "tea", "cups": 1}


class TestIdempotency:
    async def test_a_repeat_is_answered_once(self, client: httpx.AsyncClient, shop: Shop, key: dict[str, str]) -> None:
        first = await client.post("/orders", json=TEA, headers=key)
        again = await client.post("/orders", json=TEA, headers=key)
        assert (first.json(), again.json(), shop.served) == ({"served": 1}, {"served": 1}, 1)
        assert again.status_code == 201

    async def test_without_a_key_every_post_counts(self, client: httpx.AsyncClient, shop: Shop) -> None:
        await client.post("/orders", json=TEA)
        await client.post("/orders", json=TEA)
        assert shop.served == 2

    async def test_another_body_under_the_same_key_is_refused(
        self, client: httpx.AsyncClient, key: dict[str, str]
    ) -> None:
        await client.post("/orders", json=TEA, headers=key)
        response = await client.post("/orders", json={**TEA, "cups": 2}, headers=key)
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")

    async def test_another_person_may_use_the_same_key(
        self, client: httpx.AsyncClient, shop: Shop, key: dict[str, str]
    ) -> None:
        for token in ("one", "two"):
            await client.post("/orders", json=TEA, headers={**key, "Authorization": f"Bearer {token}"})
        assert shop.served == 2

    async def test_a_failure_of_ours_is_tried_again(
        self, client: httpx.AsyncClient, shop: Shop, key: dict[str, str]
    ) -> None:
        shop.closed = True
        assert (await client.post("/orders", json=TEA, headers=key)).status_code == 503
        shop.closed = False
        assert (await client.post("/orders", json=TEA, headers=key)).status_code == 201

    async def test_a_refusal_leaves_nothing_behind(
        self, client: httpx.AsyncClient, shop: Shop, settings: Settings
    ) -> None:
        """However many keys somebody thinks of."""
        async with Redis.from_url(settings.cache_address("common")) as valkey:
            before = await valkey.dbsize()
            for _ in range(300):
                headers = {"Idempotency-Key": str(new_id()), "Authorization": "Bearer refused"}
                response = await client.post("/orders", json={"drink": "tea", "cups": "many"}, headers=headers)
                assert response.status_code == 422
            assert await valkey.dbsize() == before

    async def test_of_one_caller_the_newest_answers_are_kept(
        self, client: httpx.AsyncClient, shop: Shop, settings: Settings
    ) -> None:
        caller = {"Authorization": f"Bearer {new_id()}"}
        async with Redis.from_url(settings.cache_address("common")) as valkey:
            before = await valkey.dbsize()
            for number in range(MOST + 50):
                await client.post("/orders", json=TEA, headers={**caller, "Idempotency-Key": f"key-{number}"})
            assert await valkey.dbsize() <= before + MOST + 1
        served = shop.served
        await client.post("/orders", json=TEA, headers={**caller, "Idempotency-Key": f"key-{MOST + 49}"})
        assert shop.served == served
        await client.post("/orders", json=TEA, headers={**caller, "Idempotency-Key": "key-0"})
        assert shop.served == served + 1

    async def test_a_refused_request_may_come_again_as_it_should_be(
        self, client: httpx.AsyncClient, shop: Shop, key: dict[str, str]
    ) -> None:
        assert (await client.post("/orders", json={**TEA, "cups": "many"}, headers=key)).status_code == 422
        assert (await client.post("/orders", json=TEA, headers=key)).status_code == 201

    async def test_a_stranger_has_no_memory(self, client: httpx.AsyncClient, shop: Shop, key: dict[str, str]) -> None:
        stranger = {"Idempotency-Key": key["Idempotency-Key"]}
        await client.post("/orders", json=TEA, headers=stranger)
        await client.post("/orders", json=TEA, headers=stranger)
        assert shop.served == 2

    @pytest.mark.parametrize("bad", ["", "x" * 129, "with space"])
    async def test_a_bad_key_is_refused(self, client: httpx.AsyncClient, bad: str, key: dict[str, str]) -> None:
        response = await client.post("/orders", json=TEA, headers={**key, "Idempotency-Key": bad})
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_invalid")
