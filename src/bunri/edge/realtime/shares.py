"""The share of a process's connections that its websockets may have, altogether and from one address."""

from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send

from bunri.edge.http.addresses import address_of
from bunri.edge.realtime.refusing import refuse
from bunri.kit.errors import Limited, Unavailable
from bunri.kit.networks import network_of


class TooManySockets(Limited):
    """The person, or the address, has as many sockets open as one may have."""

    code = "too_many_sockets"


class SocketsFull(Unavailable):
    """As many websockets are open in this process as may be, so that other requests have connections left."""

    code = "crowded"


class SocketShare:
    """Refuses websockets beyond ``most``, and beyond ``per_address`` from one network, before they are accepted."""

    def __init__(self, app: ASGIApp, *, most: int, per_address: int) -> None:
        self._app = app
        self._most = most
        self._per_address = per_address
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        network = network_of(address_of(scope))
        if self._open.total() >= self._most:
            await refuse(SocketsFull(), scope, receive, send)
        elif self._open[network] >= self._per_address:
            await refuse(TooManySockets(limit=self._per_address, retry_after=10), scope, receive, send)
        else:
            await self._count(network, scope, receive, send)

    async def _count(self, network: str, scope: Scope, receive: Receive, send: Send) -> None:
        self._open[network] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[network] -= 1
            if not self._open[network]:
                del self._open[network]
