"""Against a local server that speaks HTTP/1.1."""

import pytest
from bench.capacity.connections import Connections, Refused
from tests.support.servers import ok, serving, status


class TestConnections:
    async def test_an_answer_is_timed_by_the_name_of_its_request(self) -> None:
        async with serving(ok({"job_id": "1"})) as server:
            connections = Connections(server.url)
            answer = await connections.ask("analyze", "POST", "/analyze?of=1", {"authorization": "Bearer x"}, b"{}")
            await connections.ask("upload", "PUT", f"{server.url}/objects/1", {}, b"photo")
            connections.close()
        assert answer == b'{"job_id": "1"}'
        assert [len(connections.seconds[name]) for name in ("analyze", "upload")] == [1, 1]
        first, second = server.requests
        assert (first.method, first.path, first.query) == ("POST", "/analyze", {"of": "1"})
        assert first.headers["authorization"] == "Bearer x"
        assert second.body == b"photo"
        assert server.url == f"http://{second.headers['host']}"  # a signed address is good for its host alone

    async def test_a_refusal_says_what_was_asked_and_by_which_code_it_was_refused(self) -> None:
        async with serving(status(429, {"code": "too_many"})) as server:
            connections = Connections(server.url)
            with pytest.raises(Refused, match=r"^message: 429 too_many$"):
                await connections.ask("message", "POST", "/messages", {})
            connections.close()
        assert connections.seconds == {}

    async def test_nobody_there(self) -> None:
        async with serving(ok({})) as server:
            gone = server.url
        with pytest.raises(Refused, match=r"no connection to 127\.0\.0\.1"):
            await Connections(gone).ask("page", "GET", "/", {})
