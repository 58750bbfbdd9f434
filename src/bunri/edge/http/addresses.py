"""Whose address a request comes from, as far as proxies may be believed.

Anybody may send ``X-Forwarded-For``. It is read only where the connection itself comes from a proxy that the operator
named (``BUNRI_HTTP__TRUSTED_PROXIES``), and then from the right: each proxy writes the address of whoever asked it
behind what was there before, so the right-most address that is no trusted proxy's is the last that somebody trustworthy
saw.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

log = structlog.get_logger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
"""Any of these says that somebody asks for somebody else."""
_SECURE: Final = {"http": "https", "ws": "wss"}


class ClientAddress:
    """Puts the client's address and scheme into the scope in place of those of ``trusted`` proxies."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope.get("client"):
            headers = Headers(scope=scope)
            if self._trusted and self._is_trusted(parse_address(address_of(scope))):
                self._believe(scope, headers)
            elif not self._warned and "x-forwarded-for" in headers:
                self._warn(address_of(scope))
        await self._app(scope, receive, send)

    def _believe(self, scope: Scope, headers: Headers) -> None:
        address = None
        for hop in _hops(headers):
            if hop is None:  # garbage: whoever wrote it, it was seen by the proxy that we know of last
                break
            address = hop
            if not self._is_trusted(hop):
                break
        if address is not None:
            scope["client"] = (str(address), 0)
        if headers.get("x-forwarded-proto", "").strip().lower() in ("https", "wss"):
            scope["scheme"] = _SECURE.get(scope["scheme"], scope["scheme"])

    def _warn(self, address: str) -> None:
        """Says once that there seems to be a proxy that nobody named. Strangers may send the header too, but seldom
        from an address of our own network."""
        parsed = parse_address(address)
        if parsed is not None and parsed.is_private:
            self._warned = True
            log.warning("proxy.not_trusted", address=address, see="BUNRI_HTTP__TRUSTED_PROXIES")

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


def _hops(headers: Headers) -> Iterator[Address | None]:
    """The addresses of ``X-Forwarded-For`` from the right, None for what is none. Read only as far as is asked for: the
    header may be long."""
    for line in reversed(headers.getlist("x-forwarded-for")):
        rest = line
        while rest:
            rest, _, written = rest.rpartition(",")
            yield parse_address(_without_port(written.strip()))


def _without_port(written: str) -> str:
    """Some proxies write ``192.0.2.1:4711`` and ``[2001:db8::1]:4711``."""
    if written.startswith("["):
        return written[1:].partition("]")[0]
    return written.partition(":")[0] if written.count(":") == 1 else written


def parse_address(written: str) -> Address | None:
    """An address, an IPv4 one also where it is written as an IPv6 one; None for what is none."""
    try:
        parsed = ipaddress.ip_address(written)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def is_public(url: str | None) -> bool:
    """Whether people reach us at ``url`` from other machines."""
    host = urlsplit(url or "").hostname or ""
    address = parse_address(host)
    return host not in ("", "localhost") and not (address and address.is_loopback)


def address_of(scope: Scope) -> str:
    """The client's address; empty where the server knows none."""
    client: tuple[str, int] | None = scope.get("client")
    return client[0] if client else ""


def is_loopback(scope: Scope) -> bool:
    """Whether the connection comes from this machine."""
    address = parse_address(address_of(scope))
    return address is not None and address.is_loopback


def is_local(scope: Scope) -> bool:
    """Whether somebody at this machine asks, and not a proxy on it for others."""
    if not is_loopback(scope):
        return False
    names = {name for name, _ in scope["headers"]}
    return not any(name.encode() in names for name in FORWARDED)
