"""Whose address a request comes from."""

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from bunri.edge.http.addresses import ClientAddress, is_local, is_public

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48"), ip_network("127.0.0.1/32")]
STRANGER = "203.0.113.9"


async def seen(
    peer: str, *forwarded: str, scheme: str = "http", more: Sequence[tuple[bytes, bytes]] = (), kind: str = "http"
) -> Scope:
    """The scope that the application behind is given."""
    found: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        found.append(scope)

    lines = [(b"x-forwarded-for", line.encode("latin-1")) for line in forwarded]
    scope: dict[str, Any] = {"type": kind, "client": (peer, 4711), "scheme": scheme, "headers": [*lines, *more]}
    await ClientAddress(app, TRUSTED)(scope, _nothing, _nobody)
    return found[0]


async def _nothing() -> Message:
    raise AssertionError


async def _nobody(_: Message) -> None:
    raise AssertionError


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (STRANGER, ["192.0.2.7"], STRANGER),  # no proxy of ours: not believed
        ("192.0.2.1", ["10.0.0.1"], "192.0.2.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [STRANGER], STRANGER),
        ("10.0.0.1", [f"192.0.2.7, {STRANGER}"], STRANGER),  # what is further left the stranger wrote
        ("10.0.0.1", [f"192.0.2.7, {STRANGER}, 10.1.2.3"], STRANGER),  # two proxies of ours
        ("10.0.0.1", ["192.0.2.7", f"{STRANGER}"], STRANGER),  # a line for each proxy
        ("10.0.0.1", [STRANGER, "10.0.0.2", "10.0.0.3"], STRANGER),
        ("10.0.0.1", ["10.0.0.2, 10.0.0.3"], "10.0.0.2"),  # a proxy asks for itself
        ("10.0.0.1", [f" {STRANGER}:4711 "], STRANGER),
        ("10.0.0.1", ["[2001:db8::7]:443"], "2001:db8::7"),
        ("10.0.0.1", ["2001:db8::7"], "2001:db8::7"),
        ("10.0.0.1", [f"::ffff:{STRANGER}"], STRANGER),
        ("::ffff:10.0.0.1", [STRANGER], STRANGER),
        ("2001:db8:ffff::1", [STRANGER], STRANGER),
        ("10.0.0.1", [f"{STRANGER}, unknown"], "10.0.0.1"),  # garbage: the proxy counts itself
        ("10.0.0.1", [f"{STRANGER}, _hidden, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", [f"{STRANGER}, "], "10.0.0.1"),
        ("10.0.0.1", [",,,,"], "10.0.0.1"),
        ("10.0.0.1", ["\x00\xff\r"], "10.0.0.1"),
        ("10.0.0.1", ["[", "[2001:db8::7"], "2001:db8::7"),
        ("10.0.0.1", ["1.2.3.4.5"], "10.0.0.1"),
        ("not an address", [STRANGER], "not an address"),
    ],
)
async def test_the_last_that_somebody_trustworthy_saw(peer: str, forwarded: list[str], address: str) -> None:
    for kind in ("http", "websocket"):
        assert (await seen(peer, *forwarded, kind=kind))["client"][0] == address


async def test_a_long_header_is_read_from_the_right_and_no_further_than_needed() -> None:
    line = ", ".join(f"192.0.{number // 250}.{number % 250}" for number in range(2500))
    assert (await seen("10.0.0.1", f"{line}, {STRANGER}"))["client"][0] == STRANGER
    assert (await seen("10.0.0.1", ", ".join(["10.0.0.2"] * 3000)))["client"][0] == "10.0.0.2"
    assert (await seen("10.0.0.1", "," * 30_000))["client"][0] == "10.0.0.1"


class TestScheme:
    @pytest.mark.parametrize(
        ("peer", "said", "scheme", "seen_as"),
        [
            ("10.0.0.1", b"https", "http", "https"),
            ("10.0.0.1", b"https", "ws", "wss"),
            ("10.0.0.1", b" WSS ", "ws", "wss"),
            ("10.0.0.1", b"http", "http", "http"),
            ("10.0.0.1", b"javascript", "http", "http"),
            ("10.0.0.1", b"https, http", "http", "http"),
            (STRANGER, b"https", "http", "http"),
        ],
    )
    async def test_is_that_of_a_trusted_proxy(self, peer: str, said: bytes, scheme: str, seen_as: str) -> None:
        found = await seen(peer, STRANGER, scheme=scheme, more=[(b"x-forwarded-proto", said)])
        assert found["scheme"] == seen_as


class TestLocal:
    @pytest.mark.parametrize(
        ("peer", "forwarded", "local"),
        [
            ("127.0.0.1", [], True),
            ("127.9.9.9", [], True),
            ("::1", [], True),
            ("::ffff:127.0.0.1", [], True),
            (STRANGER, [], False),
            ("10.0.0.1", ["127.0.0.1"], False),  # a proxy says so
            ("127.0.0.1", ["127.0.0.1"], False),
            ("127.8.8.8", [STRANGER], False),  # a proxy on this machine that nobody named
            ("localhost", [], False),
        ],
    )
    async def test_is_who_sits_at_this_machine(self, peer: str, forwarded: list[str], local: bool) -> None:
        assert is_local(await seen(peer, *forwarded)) is local

    async def test_a_server_that_knows_no_address_knows_nobody_to_be_local(self) -> None:
        assert is_local({"type": "http", "client": None, "headers": []}) is False


@pytest.mark.parametrize(
    ("url", "public"),
    [
        (None, False),
        ("http://localhost:8000/", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("https://bunri.example/", True),
        ("http://192.168.0.7:8000", True),
        ("http://localhost.example", True),
    ],
)
def test_an_address_is_public_or_of_this_machine(url: str | None, public: bool) -> None:
    assert is_public(url) is public
