"""Engine.IO 4 as its document says it, frame by frame (engine.io-protocol, v4)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest
from tests.conformance import engine_server, raw
from tests.conformance.raw import Frames, Polls
from tests.conformance.serving import OPTIONS, serving

from bunri.edge.realtime.protocol import ProtocolOptions

PATH = "/engine.io/"
CALM = replace(OPTIONS, ping_interval_s=25, ping_timeout_s=20, max_payload=10_000, most_sessions=50)
"""No ping comes in the middle of a test."""
QUICK = OPTIONS


class Place:
    """A server, and what opens sessions of it, closed with the test."""

    def __init__(self, address: str, closing: AsyncExitStack) -> None:
        self.address = address
        self._closing = closing

    async def unopened(self) -> Polls:
        return await self._closing.enter_async_context(raw.polling(self.address, PATH))

    async def polls(self) -> Polls:
        return await (await self.unopened()).open()

    async def frames(self, **query: str | None) -> Frames:
        return await self._closing.enter_async_context(raw.websocket(self.address, PATH, **query))

    async def refused(self, **query: str | None) -> int:
        return await raw.refused(self.address, PATH, **query)


async def _place(options: ProtocolOptions) -> AsyncIterator[Place]:
    async with serving(engine_server.app(options)) as address, AsyncExitStack() as closing:
        yield Place(address, closing)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async for made in _place(CALM):
        yield made


@pytest.fixture
async def quick() -> AsyncIterator[Place]:
    """One whose pings come each 300 ms and are to be answered within 200."""
    async for made in _place(QUICK):
        yield made


async def is_waiting(poll: "asyncio.Task[Any]") -> None:
    """Gives a request time to arrive, and finds that it is not answered."""
    await asyncio.wait([poll], timeout=0.3)
    assert not poll.done()


class TestHandshake:
    @pytest.mark.parametrize(("options", "interval", "timeout"), [(QUICK, 300, 200), (CALM, 25_000, 20_000)])
    async def test_says_what_the_server_was_given(self, options: ProtocolOptions, interval: int, timeout: int) -> None:
        async for place in _place(options):
            polls, frames = await place.polls(), await place.frames()
            first = str(await frames.next())
            assert first[0] == "0"
            common = {"pingInterval": interval, "pingTimeout": timeout, "maxPayload": options.max_payload}
            for said, upgrades in ((dict(polls.handshake), ["websocket"]), (orjson.loads(first[1:]), [])):
                assert isinstance(said.pop("sid"), str)
                assert said == {**common, "upgrades": upgrades}

    @pytest.mark.parametrize(
        ("method", "query", "code"),
        [
            ("GET", {"transport": None}, 0),
            ("GET", {"transport": "abc"}, 0),
            ("GET", {"transport": "websocket"}, 0),  # which this request is not
            ("GET", {"EIO": None}, 5),
            ("GET", {"EIO": "3"}, 5),
            ("GET", {"EIO": "abc"}, 5),
            ("POST", {}, 2),
            ("PUT", {}, 2),
            ("DELETE", {}, 2),
            ("GET", {"sid": "unknown"}, 1),
            ("POST", {"sid": "unknown"}, 1),
            ("GET", {"j": "0"}, 3),  # JSONP
        ],
    )
    async def test_any_other_request_is_refused_with_a_code(
        self, place: Place, method: str, query: dict[str, str | None], code: int
    ) -> None:
        refused = await (await place.unopened()).request(method, **query)
        assert (refused.status_code, refused.json()["code"]) == (400, code)

    @pytest.mark.parametrize(
        "query", [{"transport": None}, {"transport": "polling"}, {"EIO": None}, {"EIO": "3"}, {"sid": "unknown"}]
    )
    async def test_so_is_any_other_websocket(self, place: Place, query: dict[str, str | None]) -> None:
        assert await place.refused(**query) == 400

    @pytest.mark.parametrize(("number", "kept"), [("0123456789abcdef" * 2, True), ("me.and.more", False)])
    async def test_the_id_begins_with_a_proxys_number_of_the_request(
        self, place: Place, number: str, kept: bool
    ) -> None:
        polls = await place.unopened()
        polls._http.headers["X-Request-ID"] = number
        ids = {(await polls.request("GET")).text.split('"sid":"')[1].partition('"')[0] for _ in range(2)}
        assert len(ids) == 2
        assert all(each.startswith(f"{number}.") is kept for each in ids)

    @pytest.mark.parametrize(
        ("options", "status"), [(replace(CALM, most_sessions=2), 503), (replace(CALM, most_per_address=2), 429)]
    )
    async def test_sessions_beyond_the_bounds_are_told_to_come_later(
        self, options: ProtocolOptions, status: int
    ) -> None:
        async for place in _place(options):
            polls, frames = await place.polls(), await place.frames()
            assert (await (await place.unopened()).request("GET")).status_code == status
            assert await place.refused() == status
            await polls.post("1")
            another = await place.polls()
            await frames.next()
            await frames.send("1")
            await frames.ends()
            assert another.sid != (await place.polls()).sid


class TestPayloads:
    @pytest.mark.parametrize(
        "packets",
        [
            ["4hello"],
            ["4one", "4two", "4three"],
            ["4hello", "bAQIDBA=="],
            ['4{"a": 1.0}', "4[1,  2]", "4true", "42", "4"],  # text stays as it was written
            ["4안녕하세요 €"],
            [f"4{number}" for number in range(200)],
        ],
    )
    async def test_come_back_as_they_were(self, place: Place, packets: list[str]) -> None:
        polls = await place.polls()
        await polls.post(*packets)
        assert await polls.get() == packets

    async def test_a_body_in_chunks_is_read(self, place: Place) -> None:
        polls = await place.polls()

        async def chunks() -> AsyncIterator[bytes]:
            yield b"4in "
            yield b"pieces"

        sent = await polls.request("POST", chunks())  # type: ignore[arg-type]  # httpx takes it
        assert (sent.status_code, await polls.get()) == (200, ["4in pieces"])

    @pytest.mark.parametrize("body", ["abc", "7", "", "4one\x1e", "b!!", b"4\xff", "2", "4" + "x" * 10_000])
    async def test_anything_else_ends_the_session(self, place: Place, body: str | bytes) -> None:
        polls = await place.polls()
        assert (await polls.request("POST", body)).status_code == 400
        assert await polls.is_over()

    async def test_two_posts_at_once_end_the_session(self, place: Place) -> None:
        polls = await place.polls()
        arrived = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield b"4one"
            await arrived.wait()
            yield b""

        first = asyncio.create_task(polls.request("POST", slow()))  # type: ignore[arg-type]
        await is_waiting(first)
        second = await polls.request("POST", "4two")
        arrived.set()
        assert (second.status_code, (await first).status_code) == (400, 200)
        assert await polls.is_over()


class TestPolls:
    async def test_one_waits_until_there_is_something(self, place: Place) -> None:
        polls = await place.polls()
        waiting = asyncio.create_task(polls.get())
        await is_waiting(waiting)
        await polls.post("4later")
        assert await waiting == ["4later"]

    async def test_a_second_ends_both_and_the_session(self, place: Place) -> None:
        polls = await place.polls()
        first = asyncio.create_task(polls.get())
        await is_waiting(first)
        assert (await polls.request("GET")).status_code == 400
        assert await first == ["1"]
        assert await polls.is_over()

    async def test_one_that_is_given_up_ends_the_session(self, place: Place) -> None:
        polls = await place.polls()
        with suppress(httpx.TimeoutException):
            await polls._http.get(PATH, params={"EIO": "4", "transport": "polling", "sid": polls.sid}, timeout=0.3)
        assert await polls.is_over()

    async def test_a_close_is_answered_and_so_is_the_poll_that_waits(self, place: Place) -> None:
        polls = await place.polls()
        waiting = asyncio.create_task(polls.get())
        await is_waiting(waiting)
        await polls.post("1")
        assert await waiting == ["6"]
        assert await polls.is_over()


class TestWebsockets:
    async def test_text_and_bytes_come_back(self, place: Place) -> None:
        frames = await place.frames()
        await frames.next()
        await frames.send("4hello", b"\x01\x02", "4")
        assert [await frames.next() for _ in range(3)] == ["4hello", b"\x01\x02", "4"]

    @pytest.mark.parametrize("frame", ["abc", "", "9", "1", "2", "4" + "x" * 10_000, b"x" * 10_001])
    async def test_what_is_no_packet_and_a_close_end_it(self, place: Place, frame: str | bytes) -> None:
        frames = await place.frames()
        await frames.next()
        await frames.send(frame)
        await frames.ends()


class TestPings:
    async def test_polls_bring_them_as_long_as_they_are_answered(self, quick: Place) -> None:
        polls = await quick.polls()
        for _ in range(3):
            assert await polls.get() == ["2"]
            await polls.post("3")

    async def test_websockets_bring_them_as_long_as_they_are_answered(self, quick: Place) -> None:
        frames = await quick.frames()
        await frames.next()
        for _ in range(3):
            assert await frames.next() == "2"
            await frames.send("3")

    async def test_who_answers_none_is_gone(self, quick: Place) -> None:
        polls, frames = await quick.polls(), await quick.frames()
        assert await polls.get() == ["2"]
        last = await polls.request("GET")  # it is told so while it waits, or finds nothing any more
        assert (last.status_code, last.text) == (200, "1") or last.status_code == 400
        assert await polls.is_over()
        await frames.ends()

    async def test_who_asks_for_nothing_is_gone_as_well(self, quick: Place) -> None:
        polls = await quick.polls()
        await asyncio.sleep((QUICK.ping_interval_s + QUICK.ping_timeout_s) * 1.2)
        assert await polls.is_over()

    async def test_a_pong_that_nobody_asked_for_changes_nothing(self, quick: Place) -> None:
        frames = await quick.frames()
        await frames.next()
        await frames.send("3", "3", "4hello")
        assert await frames.next() == "4hello"
        assert await frames.next() == "2"


class TestUpgrade:
    async def test_from_polls_to_a_websocket(self, place: Place) -> None:
        polls = await place.polls()
        waiting = asyncio.create_task(polls.get())
        await is_waiting(waiting)
        frames = await place.frames(sid=polls.sid)
        await frames.send("2probe")
        assert await frames.next() == "3probe"
        assert await waiting == ["6"]
        await frames.send("5", "4hello")
        assert await frames.next() == "4hello"
        assert await polls.is_over()
        await frames.send("4still there")
        assert await frames.next() == "4still there"

    async def test_meanwhile_polls_bring_what_there_is(self, place: Place) -> None:
        """The first events of a session need not wait for its websocket."""
        polls = await place.polls()
        frames = await place.frames(sid=polls.sid)
        await polls.post("4one")
        assert await polls.get() == ["4one"]
        await frames.send("2probe")
        assert await frames.next() == "3probe"
        await polls.post("4two")
        assert await polls.get() == ["4two"]
        assert await polls.get() == ["6"]
        await polls.post("4three")
        await frames.send("5")
        assert await frames.next() == "4three"

    @pytest.mark.parametrize("first", ["4hello", "2", "2other", "abc"])
    async def test_a_websocket_that_does_not_probe_changes_nothing(self, place: Place, first: str) -> None:
        polls = await place.polls()
        frames = await place.frames(sid=polls.sid)
        await frames.send(first)
        await frames.ends()
        await polls.post("4hello")
        assert await polls.get() == ["4hello"]

    async def test_nor_does_one_that_breaks_off(self, place: Place) -> None:
        polls = await place.polls()
        async with raw.websocket(place.address, PATH, sid=polls.sid) as frames:
            await frames.send("2probe")
            assert await frames.next() == "3probe"
        await polls.post("4hello")
        async with asyncio.timeout(10):
            while (brought := await polls.get()) == ["6"]:
                pass
        assert brought == ["4hello"]

    async def test_a_second_websocket_is_closed_and_the_first_goes_on(self, place: Place) -> None:
        polls = await place.polls()
        frames = await place.frames(sid=polls.sid)
        await (await place.frames(sid=polls.sid)).ends()
        await frames.send("2probe")
        assert await frames.next() == "3probe"
        await frames.send("5")
        await (await place.frames(sid=polls.sid)).ends()
        await frames.send("4hello")
        assert await frames.next() == "4hello"
