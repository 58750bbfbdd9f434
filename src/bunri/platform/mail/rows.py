"""Every SQL statement about mails: what a repository can do whose schema has the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import Table, and_, delete, func, insert, null, select, update

from bunri.kit.ids import new_id
from bunri.kit.languages import Language
from bunri.platform.db import Repository
from bunri.platform.mail.events import MailQueued
from bunri.platform.mail.protocol import MailRequest
from bunri.platform.mail.table import MailState

LONGEST_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail in the hands of the caller, who tries to send it for the ``attempts``-th time."""

    id: UUID
    template: str
    recipient: str
    language: Language
    data: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class DeadMail:
    """A mail that was given up, and why."""

    id: UUID
    template: str
    recipient: str
    attempts: int
    last_error: str
    created_at: datetime


class MailRows(Repository):
    """A repository whose schema has an outbox and the table ``mails``::

    class AuthRepository(MailRows):
        outbox = models.outbox
        mails = models.mails
    """

    mails: ClassVar[Table]

    async def add_mail(self, request: MailRequest) -> UUID:
        """Queues a mail in this transaction: it is sent soon after the commit, and never if there is none."""
        mail_id = new_id()
        values = {
            "id": mail_id,
            "template": request.template,
            "recipient": request.to,
            "language": request.language,
            "data": dict(request.data),
            "state": MailState.QUEUED,
            "attempts": 0,
            "next_attempt_at": func.now(),
            "created_at": func.now(),
        }
        await self._session.execute(insert(self.mails).values(values))
        await self.add_event(MailQueued(schema_name=str(self.mails.schema), mail_id=mail_id))
        return mail_id

    async def claim_mail(self, mail_id: UUID, lease: timedelta) -> ClaimedMail | None:
        """The mail, if it is due; nobody else gets it before ``lease`` is over. What is sent or claimed gives None.

        One statement that locks the row, checks its state and changes it: of two workers that ask at once the second
        waits and then finds the mail not due.
        """
        table = self.mails
        claimed = (
            update(table)
            .where(table.c.id == mail_id, self._is_due)
            .values(attempts=table.c.attempts + 1, next_attempt_at=func.now() + lease)
            .returning(*(table.c[column] for column in ClaimedMail.__slots__))
        )
        row = (await self._session.execute(claimed)).one_or_none()
        return ClaimedMail(*row) if row else None

    async def due_mails(self, limit: int) -> Sequence[UUID]:
        """Those whose next try is due, the longest waiting first."""
        table = self.mails
        due = select(table.c.id).where(self._is_due).order_by(table.c.next_attempt_at).limit(limit)
        return (await self._session.execute(due)).scalars().all()

    async def mail_sent(self, mail_id: UUID) -> None:
        """Forgets to whom it went and what it said."""
        values = {
            "state": MailState.SENT,
            "sent_at": func.now(),
            "recipient": null(),
            "data": null(),
            "last_error": null(),
        }
        await self._session.execute(update(self.mails).where(self.mails.c.id == mail_id).values(values))

    async def mail_failed(self, mail: ClaimedMail, reason: str, wait: timedelta | None) -> None:
        """Another try after ``wait``; None gives it up. Nothing changes when somebody else has claimed it since."""
        table = self.mails
        values = {
            "state": MailState.QUEUED if wait is not None else MailState.DEAD,
            "next_attempt_at": func.now() + (wait or timedelta()),
            "last_error": reason[:LONGEST_ERROR],
        }
        mine = and_(table.c.id == mail.id, table.c.state == MailState.QUEUED, table.c.attempts == mail.attempts)
        await self._session.execute(update(table).where(mine).values(values))

    async def bury_mails(self, most_attempts: int, reason: str) -> int:
        """Gives up what is due after ``most_attempts`` tries: whoever tried last did not live to tell how it went."""
        table = self.mails
        buried = update(table).where(self._is_due, table.c.attempts >= most_attempts)
        rows = await self._session.execute(
            buried.values(state=MailState.DEAD, last_error=func.coalesce(table.c.last_error, reason)).returning(
                table.c.id
            )
        )
        return len(rows.all())

    async def dead_mails(self, limit: int) -> Sequence[DeadMail]:
        """Those given up, the newest first."""
        table = self.mails
        dead = select(*(table.c[column] for column in DeadMail.__slots__)).where(table.c.state == MailState.DEAD)
        rows = await self._session.execute(dead.order_by(table.c.id.desc()).limit(limit))
        return [DeadMail(*row) for row in rows]

    async def revive_mails(self, mail_id: UUID | None = None) -> Sequence[UUID]:
        """Those given up, or one of them, become due and have all their tries before them again. The oldest first."""
        table = self.mails
        dead = table.c.state == MailState.DEAD
        wanted = dead if mail_id is None else and_(dead, table.c.id == mail_id)
        values = {"state": MailState.QUEUED, "attempts": 0, "next_attempt_at": func.now()}
        revived = await self._session.execute(update(table).where(wanted).values(values).returning(table.c.id))
        return sorted(revived.scalars())

    async def forget_mails(self, older_than: timedelta) -> int:
        """Removes what was sent or given up so long ago."""
        table = self.mails
        over = and_(
            table.c.state.in_((MailState.SENT, MailState.DEAD)), table.c.next_attempt_at < func.now() - older_than
        )
        return len((await self._session.execute(delete(table).where(over).returning(table.c.id))).all())

    async def remove_mails_to(self, address: str) -> None:
        """Removes what has not been sent to ``address``: for a person who wants to be forgotten."""
        await self._session.execute(delete(self.mails).where(self.mails.c.recipient == address))

    @property
    def _is_due(self) -> Any:
        """By the database's clock, which all workers have in common."""
        return and_(self.mails.c.state == MailState.QUEUED, self.mails.c.next_attempt_at <= func.now())
