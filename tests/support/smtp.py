"""Local mail servers: a real one that takes mails or says no, and ones that break the protocol.

async with mail_server(inbox) as port: ...
async with broken_server(hang) as port: ...
"""

import asyncio
import ipaddress
import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bunri.kit.clock import now
from bunri.platform.mail.settings import MailSettings

USER, PASSWORD = "somebody@example.org", "a pass/word: of #1"


@dataclass
class Received:
    """A mail as the server got it."""

    sender: str
    recipients: list[str]
    content: bytes
    over_tls: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, _class=EmailMessage, policy=policy.default)


@dataclass
class Inbox:
    """What a server has taken. ``replies``: what it says instead to ``MAIL``, ``RCPT`` or ``DATA``."""

    received: list[Received] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0
    """Before a mail is taken, so that two senders are at it together."""

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.replies.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.replies.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.delay_s)
        if reply := self.replies.get("DATA"):
            return reply
        content = envelope.original_content or b""
        user = session.auth_data.login.decode() if session.auth_data else None
        tls = server.transport is not None and server.transport.get_extra_info("ssl_object") is not None
        mail = Received(str(envelope.mail_from), list(envelope.rcpt_tos), content, tls, user)
        self.received.append(mail)
        return "250 taken"


def authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
    known = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False, auth_data=given)


@asynccontextmanager
async def mail_server(
    inbox: Inbox,
    *,
    port: int = 0,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    accounts: bool = False,
) -> AsyncIterator[int]:
    """A server of aiosmtpd on a loopback port. ``starttls`` offers and demands STARTTLS, ``tls`` speaks TLS from the
    first byte on, ``accounts`` lets only USER in."""
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a password comes in the clear, over loopback
            return SMTP(
                inbox,
                hostname="mail.example.org",
                tls_context=starttls,
                require_starttls=starttls is not None,
                authenticator=authenticate if accounts else None,
                auth_required=accounts,
                auth_require_tls=starttls is not None,
                loop=loop,
            )

    server = await loop.create_server(protocol, "127.0.0.1", port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await server.wait_closed()


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def broken_server(talk: Talk) -> AsyncIterator[int]:
    """A server that says what ``talk`` says, and nothing else."""
    talks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, or the test is over
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    """Takes the connection and says nothing."""
    await asyncio.Event().wait()


async def garbage(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Something else listens there."""
    writer.write(b"HTTP/1.1 400 Bad Request\r\nServer: \xff\xfe\r\n\r\n")
    await writer.drain()


async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A greeting that never ends."""
    while True:
        writer.write(b"220-" + b"x" * 4000 + b"\r\n")
        await writer.drain()


def says(*replies: bytes, then: Talk | None = None) -> Talk:
    """A greeting, and a reply to each line that comes; after the last one ``then``, or the end of the connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number, reply in enumerate(replies):
            if number:
                await reader.readuntil(b"\r\n")
            writer.write(reply + b"\r\n")
            await writer.drain()
        if then:
            await then(reader, writer)

    return talk


def settings_for(port: int, **more: Any) -> MailSettings:
    """Settings of a server on this machine, without TLS unless ``more`` says otherwise."""
    given = {"smtp_url": f"smtp://127.0.0.1:{port}", "sender": "분리 <no-reply@bunri.example>", "timeout_s": 20, **more}
    return MailSettings.model_validate(given)


@dataclass(frozen=True)
class Certificate:
    """A certificate that nobody has signed but itself, good for this machine, and the context of a server with it."""

    file: Path
    context: ssl.SSLContext


def self_signed(folder: Path) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a mail server of tests")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return Certificate(file, context)
