import logging

import pytest
from pydantic import TypeAdapter
from tests.support.servers import cut, garbage, ok, serving, status

from bunri.platform.external import LONGEST_ANSWER, ExternalApi
from bunri.platform.resilience import ExternalFailed

NUMBERS = TypeAdapter(list[int])


class TestSending:
    async def test_the_answer_is_read_in_its_shape(self) -> None:
        async with serving(ok([1, 2])) as server:
            api = ExternalApi(server.url, {"Authorization": "Key k"})
            answer = await api.send("POST", "/sum", query={"q": "분리 수거"}, content=b"12")
            await api.aclose()
        assert answer.read(NUMBERS) == [1, 2]
        request = server.requests[0]
        assert (request.method, request.path, request.query, request.body) == (
            "POST",
            "/sum",
            {"q": "분리 수거"},
            b"12",
        )
        assert request.headers["authorization"] == "Key k"

    async def test_neither_key_nor_position_reaches_the_log(self, caplog: pytest.LogCaptureFixture) -> None:
        for name in (None, "httpx", "httpcore"):  # the product keeps these quiet once its logs are configured
            caplog.set_level(logging.DEBUG, logger=name)
        async with serving(ok([])) as server:
            api = ExternalApi(server.url)
            await api.send("GET", "/near", query={"api_key": "s3cret", "x": "126.9779"})
            await api.aclose()
        assert server.requests[0].query == {"api_key": "s3cret", "x": "126.9779"}
        assert "/near" in caplog.text
        assert "s3cret" not in caplog.text
        assert "126.9779" not in caplog.text


class TestFailing:
    async def test_a_redirect_is_not_followed(self) -> None:
        async with serving(ok([])) as elsewhere, serving(status(302, None, {"Location": elsewhere.url})) as server:
            api = ExternalApi(server.url)
            answer = await api.send("GET", "/")
            await api.aclose()
            assert elsewhere.requests == []
        with pytest.raises(ExternalFailed, match="status_302"):
            answer.read(NUMBERS)

    async def test_garbage_is_told_from_an_answer(self) -> None:
        async with serving(garbage()) as server:
            api = ExternalApi(server.url)
            answer = await api.send("GET", "/")
            await api.aclose()
        with pytest.raises(ExternalFailed, match="garbage"):
            answer.read(NUMBERS)

    async def test_an_endless_answer_is_not_read_to_its_end(self) -> None:
        async with serving(status(200, b" " * (LONGEST_ANSWER + 1))) as server:
            api = ExternalApi(server.url)
            with pytest.raises(ExternalFailed, match="too_long"):
                await api.send("GET", "/")
            await api.aclose()

    async def test_a_cut_connection_is_worth_another_try(self) -> None:
        async with serving(cut) as server:
            api = ExternalApi(server.url)
            with pytest.raises(ExternalFailed, match="connection") as caught:
                await api.send("GET", "/")
            await api.aclose()
        assert caught.value.retryable


class TestProxies:
    async def test_the_proxy_of_the_environment_is_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with serving(ok([7])) as proxy:
            monkeypatch.setenv("http_proxy", proxy.url)
            api = ExternalApi("http://kakao.invalid")
            answer = await api.send("GET", "/near", query={"q": "1"})
            await api.aclose()
        assert answer.read(NUMBERS) == [7]
        assert proxy.requests[0].headers["host"] == "kakao.invalid"

    async def test_but_not_for_addresses_that_it_exempts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        async with serving(ok([7])) as server:
            api = ExternalApi(server.url)
            assert (await api.send("GET", "/")).read(NUMBERS) == [7]
            await api.aclose()
