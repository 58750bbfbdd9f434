"""Sends what a domain has queued: each mail once, again when it failed, and never for ever.

A mail is claimed in one short transaction, sent outside of any, and marked in another. A worker that dies in between
leaves a mail that is due again when its lease is over. If the server had taken it already it goes out twice, under one
Message-ID: SMTP knows no way to ask.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import structlog

from bunri.platform.db import Transaction
from bunri.platform.mail.backoff import MOST_ATTEMPTS, wait_after
from bunri.platform.mail.errors import MailMissing, MailRefused, MailUnavailable
from bunri.platform.mail.protocol import Mail, Mailer
from bunri.platform.mail.rows import ClaimedMail, DeadMail, MailRows
from bunri.platform.mail.table import MailState
from bunri.platform.mail.templates import render

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(minutes=5)
"""Longer than any try takes (MailSettings.timeout_s is at most 120)."""
AT_ONCE: Final = 50
"""Mails of one round; the next round has the others."""
KEPT: Final = timedelta(days=30)
"""How long a mail that was sent or given up stays in the table."""

Complete = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class _Tried(NamedTuple):
    """What has become of a mail, and whether the server would take any other."""

    state: MailState
    server_is_away: bool = False


class MailDelivery:
    """The mails of one domain. ``package`` has its templates in ``mails/``.

    ``complete`` turns a row's data into what the template needs, at the moment of sending: links' tokens are derived
    then, so that the database never holds them. ``unsubscribe_url`` in its result becomes the header of RFC 8058. It
    raises MailRefused when the mail has become pointless, as when its link would lead nowhere any more.
    """

    def __init__(
        self, transaction: Transaction[MailRows], mailer: Mailer, package: str, complete: Complete = dict
    ) -> None:
        self._transaction = transaction
        self._mailer = mailer
        self._package = package
        self._complete = complete

    async def send(self, mail_id: UUID) -> MailState | None:
        """One try to send the mail, if it is due; returns what has become of it, or None where there was nothing to do:
        it is sent, in somebody else's hands, or waiting for its time. Twice is once."""
        mail = await self._claim(mail_id)
        return (await self._try(mail)).state if mail else None

    async def retry_due(self) -> None:
        """A try for each mail that is due, for a task that comes from time to time. A server that takes nothing ends
        the round; the mails that were not tried lose no try by it."""
        async with self._transaction() as rows:
            buried = await rows.bury_mails(MOST_ATTEMPTS, "every worker that tried it has died")
            due = await rows.due_mails(AT_ONCE)
            await rows.forget_mails(KEPT)
        if buried:
            log.error("mail.given_up", mails=buried)
        for mail_id in due:
            mail = await self._claim(mail_id)
            if mail and (await self._try(mail)).server_is_away:
                break

    async def dead(self, limit: int = 1000) -> Sequence[DeadMail]:
        """The mails that were given up, the newest first."""
        async with self._transaction() as rows:
            return await rows.dead_mails(limit)

    async def revive(self, mail_id: UUID | None = None) -> Sequence[UUID]:
        """Makes the mails that were given up due again, or the one of them. Raises MailMissing."""
        async with self._transaction() as rows:
            revived = await rows.revive_mails(mail_id)
        if mail_id is not None and not revived:
            raise MailMissing(id=str(mail_id))
        return revived

    async def _claim(self, mail_id: UUID) -> ClaimedMail | None:
        async with self._transaction() as rows:
            return await rows.claim_mail(mail_id, LEASE)

    async def _try(self, claimed: ClaimedMail) -> _Tried:
        try:
            await self._mailer.send(self._made(claimed))
        except MailRefused as refused:
            return _Tried(await self._failed(claimed, refused.reason, None))
        except MailUnavailable as unavailable:
            state = await self._failed(claimed, unavailable.reason, wait_after(claimed.attempts))
            return _Tried(state, unavailable.concerns_all)
        except Exception as error:  # a fault of the template or of ``complete``: the next version may be without it
            log.exception("mail.broken", mail=str(claimed.id), template=claimed.template)
            return _Tried(await self._failed(claimed, type(error).__name__, wait_after(claimed.attempts)))
        async with self._transaction() as rows:
            await rows.mail_sent(claimed.id)
        log.info("mail.sent", mail=str(claimed.id), template=claimed.template, attempt=claimed.attempts)
        return _Tried(MailState.SENT)

    def _made(self, claimed: ClaimedMail) -> Mail:
        data = self._complete(claimed.data)
        rendered = render(self._package, claimed.template, claimed.language, data)
        return Mail(
            to=claimed.recipient,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            language=claimed.language,
            unsubscribe_url=data.get("unsubscribe_url"),
            id=claimed.id,
        )

    async def _failed(self, claimed: ClaimedMail, reason: str, wait: timedelta | None) -> MailState:
        """A server's reply often repeats the address, so the log gets the id alone; the reason is in the row."""
        async with self._transaction() as rows:
            await rows.mail_failed(claimed, reason, wait)
        if wait is None:
            log.error("mail.given_up", mail=str(claimed.id), template=claimed.template, attempt=claimed.attempts)
            return MailState.DEAD
        log.warning("mail.kept", mail=str(claimed.id), template=claimed.template, again_in_s=wait.total_seconds())
        return MailState.QUEUED
