"""What is reached over a network and may be away: mail, language models, the virus scanner, our own address, and
certificates that run out. Each is asked for real, and for a few seconds only."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bunri.app.doctor.found import note, severe
from bunri.app.finding import Finding
from bunri.app.settings import Settings
from bunri.edge.http.addresses import is_public

WITHIN_S: Final = 5.0
SOON: Final = timedelta(days=14)
"""certbot renews thirty days before the end: with fourteen left, it has failed for a while."""


async def outside_findings(settings: Settings, at: datetime) -> list[Finding]:
    asked = [
        _mail(settings),
        _language_model(settings),
        _vision_model(settings),
        _scanner(settings),
        _address(settings, at),
    ]
    return [finding for found in await asyncio.gather(*map(_all, asked)) for finding in found]


async def _all(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [finding async for finding in findings]


async def _mail(settings: Settings) -> AsyncIterator[Finding]:
    server = settings.mail.server
    if server is None:
        return
    from bunri.platform.mail.errors import MailUnavailable
    from bunri.platform.mail.smtp import SmtpMailer

    patience = min(WITHIN_S, settings.mail.timeout_s)
    try:
        await SmtpMailer(settings.mail.model_copy(update={"timeout_s": patience}), server).check()
    except MailUnavailable as error:
        yield severe("mail_away", host=server.host, port=server.port, reason=error.reason)


async def _language_model(settings: Settings) -> AsyncIterator[Finding]:
    from bunri.platform.llm.errors import LlmFailed
    from bunri.platform.llm.factory import open_model

    model = open_model(settings.llm.model_copy(update={"timeout_s": WITHIN_S, "retries": 0}))
    if model is None:
        return
    try:
        await model.check()
    except LlmFailed as error:
        yield severe("language_model_away", name=model.name, reason=error.reason)
    finally:
        await model.aclose()


async def _vision_model(settings: Settings) -> AsyncIterator[Finding]:
    """The language model that looks at photos; where there is none, whether this machine has one to offer."""
    from bunri.platform.vision.remote.ollama import LocalOllama

    chosen = settings.remote_vision
    if chosen.provider == "none":
        if found := await LocalOllama().vision_model():
            yield note("ollama_found", model=found)
        return
    if chosen.provider not in ("openai", "claude", "ollama"):
        return
    from bunri.platform.llm.errors import LlmFailed
    from bunri.platform.vision.remote.factory import open_language_model

    model = open_language_model(chosen.model_copy(update={"timeout_s": WITHIN_S, "retries": 0}))
    try:
        await model.check()
    except LlmFailed as error:
        yield severe("remote_vision_away", name=model.name, reason=error.reason)
    finally:
        await model.aclose()


async def _scanner(settings: Settings) -> AsyncIterator[Finding]:
    address = settings.chat.clamav
    if address is None:
        return
    from bunri.platform.clamav import Clamd, ClamdAddress, ScannerUnavailable

    try:
        await Clamd(ClamdAddress.parse(address), timedelta(seconds=WITHIN_S)).check()
    except ScannerUnavailable as error:
        yield severe("scanner_away", address=address, reason=error.data["reason"])


async def _address(settings: Settings, at: datetime) -> AsyncIterator[Finding]:
    """Asked from here, where a firewall may see it otherwise: what fails is a note, but not a certificate's end."""
    url = str(settings.public_url or "").rstrip("/")
    if not is_public(url):
        return
    import httpx

    try:
        async with (
            asyncio.timeout(WITHIN_S),
            httpx.AsyncClient(verify=ssl.create_default_context(), timeout=WITHIN_S) as client,
            client.stream("GET", f"{url}/health") as answer,
        ):
            tls = answer.extensions["network_stream"].get_extra_info("ssl_object")
            ends = tls.getpeercert().get("notAfter") if tls else None
            status = answer.status_code
    except (httpx.HTTPError, TimeoutError) as error:
        yield note("address_fails", url=url, reason=str(error) or type(error).__name__)
        return
    if status != 200:
        yield note("address_fails", url=url, reason=f"HTTP {status}")
    if ends:
        for finding in _of_certificate(url, datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC), at):
            yield finding


def certificate_findings(files: Sequence[Path], at: datetime) -> Iterator[Finding]:
    """Of PEM files: the end of the first of their certificates that ends."""
    from cryptography.x509 import load_pem_x509_certificates

    for file in files:
        try:
            ends = min(each.not_valid_after_utc for each in load_pem_x509_certificates(file.read_bytes()))
        except (OSError, ValueError) as error:
            yield severe("certificate_unreadable", path=file, reason=getattr(error, "strerror", None) or "PEM?")
            continue
        yield from _of_certificate(str(file), ends, at)


def _of_certificate(where: str, ends: datetime, at: datetime) -> Iterator[Finding]:
    if ends <= at:
        yield severe("certificate_ended", where=where, date=f"{ends:%Y-%m-%d}")
    elif ends - at < SOON:
        yield severe("certificate_ends", where=where, date=f"{ends:%Y-%m-%d}", days=(ends - at).days)
