"""Socket.IO 5 as its document says it, frame by frame (socket.io-protocol, v5), and what the product asks of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import orjson
import pytest
import socketio
from socketio.exceptions import ConnectionRefusedError as Refused
from tests.conformance import protocol_server, raw
from tests.conformance.raw import Frames
from tests.conformance.serving import OPTIONS, serving

from bunri.edge.realtime import protocol
from bunri.edge.realtime.libraries import MADE_FOR, missing
from bunri.edge.realtime.protocol import app_of, create_server
from bunri.edge.realtime.socketio_server import RESERVED

PATH = "/socket.io/"
CALM = replace(OPTIONS, ping_interval_s=25, ping_timeout_s=20, connect_timeout_s=60)


class Place:
    """A server, and what connects to it, closed with the test."""

    def __init__(self, address: str, server: socketio.AsyncServer, closing: AsyncExitStack) -> None:
        self.address = address
        self.server = server
        self._closing = closing

    async def frames(self) -> Frames:
        """A websocket in no namespace."""
        frames = await self._closing.enter_async_context(raw.websocket(self.address, PATH))
        assert str(await frames.next())[0] == "0"
        return frames

    async def connected(self, namespace: str = "") -> Frames:
        frames = await self.frames()
        await frames.send(f"40{namespace}")
        assert str(await frames.next()).startswith(f"40{namespace}")
        assert str(await frames.next()).startswith(f"42{namespace}")
        return frames

    async def polls(self) -> raw.Polls:
        return await (await self._closing.enter_async_context(raw.polling(self.address, PATH))).open()


async def _place(server: socketio.AsyncServer) -> AsyncIterator[Place]:
    async with serving(app_of(server, PATH)) as address, AsyncExitStack() as closing:
        yield Place(address, server, closing)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async for made in _place(protocol_server.server(CALM)):
        yield made


class TestConnecting:
    @pytest.mark.parametrize("auth", ["", '{"token":"123"}'])
    @pytest.mark.parametrize("namespace", ["", "/custom,"])
    async def test_to_a_namespace_gives_an_id_and_what_is_said_at_once_comes_after_it(
        self, place: Place, namespace: str, auth: str
    ) -> None:
        frames = await place.frames()
        await frames.send(f"40{namespace}{auth}")
        answer = str(await frames.next())
        assert answer.startswith(f"40{namespace}{{")
        assert list(orjson.loads(answer.removeprefix(f"40{namespace}"))) == ["sid"]
        assert await frames.next() == f'42{namespace}["auth",{auth or "{}"}]'

    async def test_to_an_unknown_one_is_refused_with_a_message(self, place: Place) -> None:
        frames = await place.frames()
        await frames.send("40/random", '40/random,{"token":"123"}', "40")
        for _ in range(2):
            assert await frames.next() == '44/random,{"message":"Invalid namespace"}'
        assert str(await frames.next()).startswith("40{")

    async def test_twice_to_the_same_ends_it(self, place: Place) -> None:
        frames = await place.connected()
        await frames.send("40")
        await frames.ends()

    async def test_to_none_ends_it(self) -> None:
        async for place in _place(protocol_server.server(replace(CALM, connect_timeout_s=0.2))):
            frames, polls = await place.frames(), await place.polls()
            await frames.ends()
            await polls.ends()

    async def test_after_leaving_the_last_one_it_ends_as_well(self) -> None:
        async for place in _place(protocol_server.server(replace(CALM, connect_timeout_s=0.5))):
            frames, stays = await place.connected(), await place.connected()
            await frames.send("41")
            await frames.ends()
            await stays.send('42["message"]')
            assert await stays.next() == '42["message-back"]'

    async def test_while_polls_move_to_a_websocket_is_answered_in_a_poll(self, place: Place) -> None:
        polls = await place.polls()
        waiting = asyncio.create_task(polls.get())
        async with raw.websocket(place.address, PATH, sid=polls.sid) as frames:
            await polls.post("40")
            brought = await waiting
            brought += await polls.get() if len(brought) < 2 else []
            assert [each[:2] for each in brought] == ["40", "42"]
            await frames.send("2probe")
            assert await frames.next() == "3probe"
            await frames.send("5", '42["message",1]')
            assert await frames.next() == '42["message-back",1]'


class TestRefusing:
    """What a handler of ``connect`` says decides."""

    @pytest.fixture
    async def strict(self) -> AsyncIterator[Place]:
        server = create_server(CALM)

        async def connect(sid: str, environ: dict[str, Any], auth: Any = None) -> bool:
            await server.emit("early", to=sid)
            if auth == "refuse":
                raise Refused("No room", {"code": "full"})
            if auth == "fail":
                raise ZeroDivisionError
            return bool(auth)

        server.on("connect", connect)
        async for made in _place(server):
            yield made

    @pytest.mark.parametrize(
        ("auth", "answer"),
        [
            ('"refuse"', {"message": "No room", "data": {"code": "full"}}),
            ('"fail"', {"message": "Connection refused by server"}),
            ("", {"message": "Connection rejected by server"}),
        ],
    )
    async def test_the_client_is_told_first(self, strict: Place, auth: str, answer: dict[str, Any]) -> None:
        frames = await strict.frames()
        await frames.send(f"40{auth}")
        told = str(await frames.next())
        assert told.startswith("44")
        assert orjson.loads(told[2:]) == answer
        assert await frames.next() == '42["early"]'  # in no namespace: its client drops it
        await frames.send('40"let in"')
        assert str(await frames.next()).startswith("40")
        assert await frames.next() == '42["early"]'


class TestEvents:
    async def test_come_back_with_their_arguments(self, place: Place) -> None:
        frames = await place.connected()
        await frames.send('42["message",1,"2",{"3":[true]}]', '42["message"]')
        assert await frames.next() == '42["message-back",1,"2",{"3":[true]}]'
        assert await frames.next() == '42["message-back"]'

    async def test_and_with_their_bytes(self, place: Place) -> None:
        frames = await place.connected()
        await frames.send('452-["message",{"_placeholder":true,"num":0},{"a":{"_placeholder":true,"num":1}}]')
        await frames.send(b"\x01", b"\x02\x03")
        assert [await frames.next() for _ in range(3)] == [
            '452-["message-back",{"_placeholder":true,"num":0},{"a":{"_placeholder":true,"num":1}}]',
            b"\x01",
            b"\x02\x03",
        ]

    async def test_by_polls_as_well(self, place: Place) -> None:
        polls = await place.polls()
        await polls.post("40", '451-["message",{"_placeholder":true,"num":0}]', "bAQI=")
        brought: list[str] = []
        while len(brought) < 4:
            brought += await polls.get()
        assert brought[2:] == ['451-["message-back",{"_placeholder":true,"num":0}]', "bAQI="]

    async def test_are_acknowledged_with_what_their_handler_returns(self, place: Place) -> None:
        frames = await place.connected()
        await frames.send('42456["message-with-ack",1,"2",{"3":[false]}]', '420["message-with-ack"]')
        await frames.send('451-7["message-with-ack",{"_placeholder":true,"num":0}]', b"\x01")
        assert await frames.next() == '43456[1,"2",{"3":[false]}]'
        assert await frames.next() == "430[]"
        assert [await frames.next() for _ in range(2)] == ['461-7[{"_placeholder":true,"num":0}]', b"\x01"]

    async def test_a_handler_that_fails_or_answers_nothing_acknowledges_nothing(self, place: Place) -> None:
        async def fail(sid: str, *_: Any) -> str:
            raise ZeroDivisionError

        async def give_up(sid: str, *_: Any) -> str:
            raise asyncio.CancelledError

        async def say_nothing(sid: str, *_: Any) -> None: ...

        for handler in (fail, give_up, say_nothing):
            place.server.on(handler.__name__, handler)
        frames = await place.connected()
        for number, name in enumerate(("fail", "give_up", "say_nothing", "unknown", "message", "message-with-ack")):
            await frames.send(f'42{number}["{name}",{number}]')
        assert {await frames.next(), await frames.next()} == {'42["message-back",4]', "435[5]"}

    async def test_an_acknowledgement_of_the_client_arrives(self, place: Place) -> None:
        frames = await place.connected("/custom,")
        [sid] = [each for each, _ in place.server.manager.get_participants("/custom", None)]
        asking = asyncio.create_task(place.server.call("are you there", 1, to=sid, namespace="/custom", timeout=10))
        asked = str(await frames.next())
        number = asked.removeprefix("42/custom,").partition("[")[0]
        assert asked == f'42/custom,{number}["are you there",1]'
        await frames.send(f'43/custom,{number}["yes"]')
        assert await asking == "yes"

    @pytest.mark.parametrize(
        "packets",
        [
            ["4abc"],
            ["4"],
            ["49[]"],
            ["42"],
            ["42{}"],
            ["42[]"],
            ['42"message"'],
            ["42[null]"],
            ["42[{}]"],
            ['42abc["message-with-ack",1]'],
            ['42["message",'],
            ["44"],
            *([f'42["{name}","x"]'] for name in sorted(RESERVED)),
            ['42/custom,["message"]'],  # in which it is not
            ['42/random,["message"]'],
            [b"\x01"],  # announced by nothing
            ['450-["message"]'],
            ['4511-["message"]'],  # more than 10 pieces
            ['451-["message",{"_placeholder":true,"num":0}]', '42["message"]'],  # text where bytes are due
            ['451-["message",{"_placeholder":true,"num":5}]', b"\x01"],
        ],
    )
    async def test_what_is_none_or_out_of_place_ends_the_connection(
        self, place: Place, packets: list[str | bytes]
    ) -> None:
        frames, other = await place.connected(), await place.connected()
        await frames.send(*packets)
        await frames.ends()
        await other.send('42["message"]')
        assert await other.next() == '42["message-back"]'

    async def test_before_connecting_as_well(self, place: Place) -> None:
        frames, polls = await place.frames(), await place.polls()
        await frames.send('42["message"]')
        await frames.ends()
        await polls.post('42["message"]')
        assert await polls.is_over()


class TestLeaving:
    async def test_one_namespace_keeps_the_others(self, place: Place) -> None:
        frames = await place.connected()
        await frames.send("40/custom,")
        assert [str(await frames.next())[:10] for _ in range(2)] == ["40/custom,", "42/custom,"]
        await frames.send("41/custom,", '42["message",1]')
        assert await frames.next() == '42["message-back",1]'

    async def test_nobody_can_call_what_is_done_when_somebody_leaves(self, place: Place) -> None:
        left: list[str] = []

        async def gone(sid: str, reason: str) -> None:
            left.append(sid)

        place.server.on("disconnect", gone)
        frames = await place.connected()
        await frames.send('42["disconnect","x"]')
        await frames.ends()
        async with asyncio.timeout(10):
            while not left:  # noqa: ASYNC110  # no event tells
                await asyncio.sleep(0.01)
        assert len(left) == 1  # once, and because the connection ended


class TestLibraries:
    def test_ours_was_made_for_those_that_are_locked(self) -> None:
        """Others: run the suites of the protocols' authors (docs/decisions/0023-engine-io.md), then say so there."""
        assert {name: version(name) for name in MADE_FOR} == MADE_FOR
        assert list(missing()) == []

    @pytest.mark.parametrize(
        ("place", "name"),
        [
            ("socketio.async_server.AsyncServer", "_handle_event_internal"),
            ("engineio.async_socket.AsyncSocket", "receive"),
        ],
    )
    async def test_those_that_lack_something_serve_as_they_are(
        self, monkeypatch: pytest.MonkeyPatch, place: str, name: str
    ) -> None:
        changed = {
            place: {name: "a_new_parameter"},
            f"{place}OfOld": {"gone": ""},
            "socketio.moved.Packet": {"encode": ""},
        }
        monkeypatch.setattr(protocol, "missing", lambda: missing(changed))
        server = protocol_server.server(CALM)
        assert type(server) is socketio.AsyncServer
        async for made in _place(server):
            client = socketio.AsyncClient(reconnection=False)
            await client.connect(f"http://{made.address}", transports=["websocket"])
            assert await client.call("message-with-ack", "hello", timeout=10) == "hello"
            await client.disconnect()

    def test_each_thing_that_is_missing_is_named(self) -> None:
        packet = "socketio.packet.Packet"
        changed = {packet: {"encode": "", "encode_now": "", "decode": "other"}, "socketio.moved.Packet": {"encode": ""}}
        assert list(missing(changed)) == [f"{packet}.encode_now", f"{packet}.decode", "socketio.moved.Packet.encode"]
