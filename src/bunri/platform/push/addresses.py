"""Where pushes may go. A browser names the address, so anybody could name one of a machine in our own network (server-
side request forgery): only services of a list are asked, over TLS, and only at addresses of the public Internet."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpcore

from bunri.platform.push.errors import PushRefused

LONGEST: Final = 1000
"""Characters of an endpoint; those of today have 200 to 500."""
_TLS: Final = 443
_TRIED: Final = 4
"""Addresses of a name that are tried."""


def checked(endpoint: str, hosts: Iterable[str]) -> SplitResult:
    """The parts of an endpoint that may be asked. Raises PushRefused."""
    try:
        address = urlsplit(endpoint)
        port = address.port
    except ValueError:
        raise PushRefused("no_address") from None
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        raise PushRefused("no_address")
    if address.scheme != "https" or address.username is not None or address.password is not None:
        raise PushRefused("not_https")
    if not is_listed(address.hostname or "", port or _TLS, hosts):
        raise PushRefused("unknown_service")
    return address


def is_listed(host: str, port: int, hosts: Iterable[str]) -> bool:
    """Whether ``host`` is one of ``hosts``: ``name``, ``*.name`` for all below it, each with ``:port`` or at 443."""
    for listed in hosts:
        name, _, wanted = listed.partition(":")
        if port != int(wanted or _TLS):
            continue
        if host == name or (name.startswith("*.") and host.endswith(name[1:]) and host != name[2:]):
            return True
    return False


def is_public(address: str) -> bool:
    """Whether an IP address is of the public Internet."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


class PublicAddresses(httpcore.AsyncNetworkBackend):
    """Connects to public addresses alone, but for ``own``: hosts with a port that the operator has listed. The name is
    looked up here and the connection made to what was found, so that a name cannot lead elsewhere in between."""

    def __init__(self, own: frozenset[tuple[str, int]]) -> None:
        self._own = own
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if (host, port) not in self._own:
            addresses = [each for each in addresses if is_public(each)]
        failed: Exception = httpcore.ConnectError("no public address")
        for address in addresses[:_TRIED]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002  # httpcore names its arguments
        timeout: float | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError("no sockets of files")

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)
