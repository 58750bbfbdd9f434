"""Sends to push services as RFC 8030 says: one POST, and what the status means for the next try."""

import ssl
from collections.abc import Mapping
from typing import Final
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from bunri.kit.clock import Clock
from bunri.platform.external_settings import ExternalSettings
from bunri.platform.push.addresses import PublicAddresses, checked
from bunri.platform.push.encryption import SECRET_BYTES, encrypt, public_key
from bunri.platform.push.errors import PushGone, PushRefused, PushUnavailable
from bunri.platform.push.protocol import LARGEST, PushMessage, PushTarget
from bunri.platform.push.settings import PushSettings
from bunri.platform.push.vapid import Vapid
from bunri.platform.resilience import ExternalFailed, Guard, failed_status

LONGEST_ANSWER: Final = 1 << 16
_CONNECTIONS: Final = 32


class WebPush:
    """Implements Pusher. ``secret``: what the key that browsers subscribe to is derived from."""

    def __init__(
        self, settings: PushSettings, secret: str, contact: str | None, clock: Clock, tls: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._vapid = Vapid(secret, contact, clock)
        self._tls = tls
        self._pools: dict[str | None, httpcore.AsyncConnectionPool] = {}
        self._guards: dict[str, Guard] = {}

    @property
    def public_key(self) -> str:
        return self._vapid.public_key

    def check(self, target: PushTarget) -> None:
        checked(target.endpoint, self._settings.hosts)
        try:
            public_key(target.p256dh)
        except ValueError:
            raise PushRefused("no_key") from None
        if len(target.auth) != SECRET_BYTES:
            raise PushRefused("no_secret")

    async def send(self, target: PushTarget, message: PushMessage) -> None:
        self.check(target)
        if len(message.payload) > LARGEST:
            raise PushRefused("too_large")
        headers: dict[bytes | str, bytes | str] = {
            "Authorization": self._vapid.authorization(target.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.ttl_s),
            "Topic": message.topic,
            "Urgency": message.urgency,
        }
        body = encrypt(message.payload, target.p256dh, target.auth)
        try:
            await self._guard(target.endpoint).call(lambda: self._post(target.endpoint, headers, body))
        except ExternalFailed as failed:
            if failed.reason in ("status_404", "status_410"):
                raise PushGone from failed
            if failed.retryable or failed.reason in ("timeout", "circuit_open"):
                raise PushUnavailable(failed.reason, failed.retry_after) from failed
            raise PushRefused(failed.reason) from failed

    async def _post(self, endpoint: str, headers: Mapping[bytes | str, bytes | str], body: bytes) -> None:
        pool = self._pool(endpoint)
        try:
            async with pool.stream("POST", endpoint, headers=headers, content=body) as answer:
                size = 0
                async for chunk in answer.aiter_stream():
                    size += len(chunk)
                    if size > LONGEST_ANSWER:
                        break  # what it says beside the status is not read; so the connection ends
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.ProxyError) as error:
            raise ExternalFailed("connection", retryable=True) from error
        if not 200 <= answer.status < 300:
            told = {name.decode().lower(): value.decode("latin-1") for name, value in answer.headers}
            failed = failed_status(answer.status, told)
            # That one browser is gone says nothing of the service.
            failed.counts_as_failure = failed.retryable
            raise failed

    def _guard(self, endpoint: str) -> Guard:
        """Of the service, so that one that hangs does not keep the others waiting."""
        host = httpx.URL(endpoint).host
        if host not in self._guards:
            settings = ExternalSettings(base_url=None, timeout_s=self._settings.timeout_s, retries=0)
            self._guards[host] = Guard(f"push-{host}", settings)
        return self._guards[host]

    def _pool(self, endpoint: str) -> httpcore.AsyncConnectionPool:
        proxy = _proxy(httpx.URL(endpoint).host)
        if proxy not in self._pools:
            tls = self._tls or httpx.create_ssl_context()
            self._pools[proxy] = (
                httpcore.AsyncHTTPProxy(proxy, ssl_context=tls, max_connections=_CONNECTIONS)
                if proxy
                else httpcore.AsyncConnectionPool(
                    ssl_context=tls, max_connections=_CONNECTIONS, keepalive_expiry=30, network_backend=self._network()
                )
            )
        return self._pools[proxy]

    def _network(self) -> PublicAddresses:
        written = (host.partition(":") for host in self._settings.hosts)
        return PublicAddresses(frozenset((name, int(port)) for name, _, port in written if port))

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()


def _proxy(host: str) -> str | None:
    """The proxy that the environment names for a service; it then is what looks up addresses."""
    return None if proxy_bypass(host) else getproxies().get("https")
