"""A browser that is subscribed, and the push service of its maker: RFC 8030 over TLS, with all that it checks.

    async with push_service(tmp_path) as service:
        browser = service.subscribed(public_key)
        …                               # our sender sends to browser.endpoint
    assert browser.got == [{…}]

It refuses what a real one refuses: tokens that are no token of the subscribed key (RFC 8292), a body that is no
``aes128gcm`` (RFC 8188), one that is too large, a TTL that is missing. ``service.next`` are answers that come instead.
"""

import asyncio
import base64
import contextlib
import json
import secrets
import ssl
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from tests.support.smtp import Certificate, self_signed

from bunri.kit.clock import now

LARGEST = 4096
Fault = tuple[int, dict[str, str]] | Literal["hang", "garbage", "cut"]


def base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """Its half of the keys."""

    def __init__(self, endpoint: str = "", application_key: str = "") -> None:
        self.endpoint = endpoint
        self.application_key = application_key
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.p256dh = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.auth = secrets.token_bytes(16)
        self.pushed: list[Push] = []
        self.gone = False

    @property
    def keys(self) -> dict[str, str]:
        """As ``PushSubscription.toJSON()`` gives them."""
        return {"p256dh": base64url(self.p256dh), "auth": base64url(self.auth)}

    @property
    def got(self) -> list[Any]:
        return [json.loads(each.payload) for each in self.pushed]

    def reads(self, body: bytes) -> bytes:
        """Decrypts as RFC 8291 §3.4 and RFC 8188 §2 say."""
        salt, (size, length) = body[:16], struct.unpack("!IB", body[16:21])
        theirs, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        secret = _derived(shared, self.auth, b"WebPush: info\x00" + self.p256dh + theirs, 32)
        key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
        padded = AESGCM(key).decrypt(nonce, record, None)
        payload, delimiter, padding = padded.rpartition(b"\x02")
        assert delimiter, "the last record ends with a 2"
        assert padding.strip(b"\x00") == b""
        return payload


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


@dataclass(frozen=True)
class Push:
    payload: bytes
    headers: dict[str, str]
    claims: dict[str, Any]


@dataclass
class PushService:
    certificate: Certificate
    host: str = ""
    next: list[Fault] = field(default_factory=list)
    asked: int = 0
    refused: list[str] = field(default_factory=list)
    browsers: dict[str, Browser] = field(default_factory=dict)
    _connections: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def trusting(self) -> ssl.SSLContext:
        """The TLS of a client that knows this service."""
        return ssl.create_default_context(cafile=str(self.certificate.file))

    def subscribed(self, application_key: str) -> Browser:
        path = f"/push/{secrets.token_urlsafe(16)}"
        browser = Browser(f"https://{self.host}{path}", application_key)
        self.browsers[path] = browser
        return browser

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = head[0].split(" ")
                lines = (line.partition(":") for line in head[1:] if line)
                headers = {name.lower(): value.strip() for name, _, value in lines}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                await self._answer(writer, method, path, headers, body)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError, ssl.SSLError):
            pass  # the client left, or the test is over
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    async def _answer(
        self, writer: asyncio.StreamWriter, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> None:
        self.asked += 1
        fault = self.next.pop(0) if self.next else None
        if fault == "hang":
            await asyncio.Event().wait()
        if fault == "garbage":
            writer.write(b"\x15\x03\x01 no HTTP at all\r\n\r\n")
            writer.close()
            return
        if fault == "cut":
            writer.write(b"HTTP/1.1 201 Cre")
            writer.close()
            return
        status, more = fault if isinstance(fault, tuple) else (self._taken(method, path, headers, body), {})
        lines = [f"HTTP/1.1 {status} X", "Content-Length: 0", *(f"{name}: {value}" for name, value in more.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()

    def _taken(self, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
        browser = self.browsers.get(path)
        if browser is None or browser.gone:
            return 410 if browser else 404
        try:
            claims = self._checked(method, headers, body, browser)
            payload = browser.reads(body)
        except (AssertionError, JoseError, ValueError) as error:
            self.refused.append(repr(error))
            return 403 if isinstance(error, JoseError) else 400
        browser.pushed.append(Push(payload, headers, claims))
        return 201

    def _checked(self, method: str, headers: dict[str, str], body: bytes, browser: Browser) -> dict[str, Any]:
        assert method == "POST"
        assert headers["content-encoding"] == "aes128gcm"
        assert headers["ttl"].isdigit()
        assert headers.get("urgency", "normal") in ("very-low", "low", "normal", "high")
        assert len(headers.get("topic", "")) <= 32
        assert len(body) <= LARGEST
        scheme, _, parameters = headers["authorization"].partition(" ")
        assert scheme == "vapid"
        given = dict(each.strip().split("=", 1) for each in parameters.split(","))
        assert given["k"] == browser.application_key, "subscribed with another key"
        point = decoded(given["k"])
        key = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": base64url(point[1:33]), "y": base64url(point[33:])})
        claims = dict(jwt.decode(given["t"], key, algorithms=["ES256"]).claims)
        assert claims["aud"] == f"https://{self.host}"
        assert now().timestamp() < claims["exp"] <= now().timestamp() + 86_400
        return claims

    async def close(self) -> None:
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


@contextlib.asynccontextmanager
async def push_service(folder: Path) -> AsyncIterator[PushService]:
    """On a free port of this machine, with a certificate of its own."""
    service = PushService(self_signed(folder))
    listener = await asyncio.start_server(service.handle, "127.0.0.1", 0, ssl=service.certificate.context)
    service.host = f"localhost:{listener.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        listener.close()
        await service.close()
        await listener.wait_closed()
