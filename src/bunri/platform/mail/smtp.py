"""Mail by SMTP submission (RFC 6409): a connection for each mail."""

import asyncio
import ssl
from contextlib import suppress
from functools import cached_property, partial
from typing import Final

import aiosmtplib

from bunri.kit.clock import Clock, now
from bunri.platform.external_settings import ExternalSettings
from bunri.platform.mail.errors import MailRefused, MailUnavailable
from bunri.platform.mail.message import message_of, recipient_of
from bunri.platform.mail.protocol import Mail
from bunri.platform.mail.settings import MailSettings, SmtpServer
from bunri.platform.resilience import ExternalFailed, Guard

GREETING: Final = "[127.0.0.1]"
"""What we call ourselves in EHLO, as mail programs do: the machine's name is nobody's business, and asking DNS for it
would block."""
GOODBYE_S: Final = 2.0
LONGEST_REASON: Final = 300


class _AboutThisMail(ExternalFailed):
    """The server works and said no to this mail. ``final``: it will say no again."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason, counts_as_failure=False)
        self.final = final


class SmtpMailer:
    """Mailer by the server of ``settings``. After five failures of the server in a row it is left alone for 30 s."""

    def __init__(self, settings: MailSettings, server: SmtpServer, clock: Clock = now) -> None:
        self._settings = settings
        self._server = server
        self._clock = clock
        # No further tries here: who has the mail tries again later (delivery.py), with longer waits.
        self._guard = Guard("smtp", ExternalSettings(timeout_s=settings.timeout_s, retries=0))

    async def send(self, mail: Mail) -> None:
        """As Mailer."""
        recipient = recipient_of(mail)
        content = message_of(mail, self._settings.from_, self._clock()).as_bytes()
        try:
            client = await self._guard.call(partial(self._hand_over, recipient, content))
        except _AboutThisMail as failed:
            if failed.final:
                raise MailRefused(failed.reason) from failed
            raise MailUnavailable(failed.reason, concerns_all=False) from failed
        except ExternalFailed as failed:
            raise MailUnavailable(failed.reason) from failed
        await _say_goodbye(client)

    async def check(self) -> None:
        """Connects and signs in as for a mail, and hands none over. Raises MailUnavailable."""
        try:
            async with asyncio.timeout(self._settings.timeout_s), self._client():
                pass
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailUnavailable(_translated(error).reason) from error

    async def _hand_over(self, recipient: str, content: bytes) -> aiosmtplib.SMTP:
        """Returns the connection over which the mail was taken. Raises ExternalFailed."""
        client: aiosmtplib.SMTP | None = None
        try:
            client = self._client()
            await client.connect()
            await client.sendmail(self._settings.from_.address, [recipient], content)
        except BaseException as error:
            if client:
                client.close()
            if isinstance(error, (aiosmtplib.SMTPException, OSError, ValueError)):
                raise _translated(error) from error
            raise
        return client

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            local_hostname=GREETING,
            timeout=self._settings.timeout_s,
            use_tls=server.tls,
            start_tls=self._settings.starttls,
            tls_context=self._tls,
        )

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Certificates are always checked, and the host's name with them."""
        context = ssl.create_default_context()
        if self._settings.ca_file:
            context.load_verify_locations(self._settings.ca_file)
        return context


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """The mail has been taken: whatever fails now, it must not be sent again."""
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=GOODBYE_S)
    client.close()


def _translated(error: Exception) -> ExternalFailed:
    """What a failure means for the next try.

    A reply to MAIL, RCPT or DATA is about this mail, and 5xx is final (RFC 5321 §4.2.1). Replies to anything else are
    about us: a wrong password is put right by the operator, and no mail should be lost over it meanwhile.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        reason = _reason(f"{error.code} {error.message}" if error.code > 0 else error.message)
        about = (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)
        # 421 ends the connection, whatever it answers (RFC 5321 §3.8).
        if isinstance(error, about) and 400 <= error.code < 600 and error.code != 421:
            return _AboutThisMail(reason, final=error.code >= 500)
        return ExternalFailed(reason)
    if isinstance(error, TimeoutError):
        return ExternalFailed("timeout")
    return ExternalFailed(_reason(str(error) or type(error).__name__))


def _reason(said: str) -> str:
    """One line of what a server said."""
    return " ".join(said.encode("utf-8", "replace").decode().split())[:LONGEST_REASON]
