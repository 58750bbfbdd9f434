"""The queue of mails: on a real database, to a real SMTP server, with every fault in between."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.app.toy import invites_module
from tests.app.toy.invites import models
from tests.app.toy.invites.repository import InvitesRepository
from tests.app.toy.invites.service import InvitesService, Links
from tests.support import smtp
from tests.support.platform import free_port
from tests.support.smtp import Inbox, broken_server, mail_server, settings_for

from bunri.app.settings import Settings
from bunri.kit.ids import new_id
from bunri.platform.db import Database, Transaction
from bunri.platform.db.address import login_address
from bunri.platform.mail import Mailer, MailMissing, MailRefused, MailRequest
from bunri.platform.mail.backoff import MOST_ATTEMPTS
from bunri.platform.mail.delivery import LEASE, MailDelivery
from bunri.platform.mail.smtp import SmtpMailer
from bunri.platform.mail.table import MailState

TO = "friend@example.org"
KEY = "a key of tests"


def mailer_at(port: int, **more: Any) -> Mailer:
    settings = settings_for(port, **more)
    assert settings.server
    return SmtpMailer(settings, settings.server)


def delivery_to(transaction: Transaction[InvitesRepository], port: int, **more: Any) -> MailDelivery:
    return MailDelivery(transaction, mailer_at(port, **more), invites_module.PACKAGE, Links(KEY))


async def invite(transaction: Transaction[InvitesRepository], to: str = TO) -> UUID:
    return await InvitesService(transaction).invite(to, "초록이")


async def row_of(database: Database, mail_id: UUID) -> Mapping[str, Any]:
    async with database.transaction("invites") as session:
        found = await session.execute(models.mails.select().where(models.mails.c.id == mail_id))
        return dict(found.mappings().one())


async def make_due(database: Database, **columns: Any) -> None:
    """Whatever waits for its time no longer does."""
    async with database.transaction("invites") as session:
        values = {"next_attempt_at": text("now()"), **columns}
        await session.execute(models.mails.update().where(models.mails.c.state == "queued").values(values))


class TestQueueing:
    async def test_a_mail_and_its_event_are_rows_of_one_transaction(
        self, transaction: Transaction[InvitesRepository], database: Database
    ) -> None:
        mail_id = await invite(transaction)
        row = await row_of(database, mail_id)
        assert (row["state"], row["attempts"], row["recipient"], row["language"]) == ("queued", 0, TO, "ko")
        async with database.transaction("invites") as session:
            [event] = (await session.execute(models.outbox.select())).mappings().all()
        assert (event["topic"], event["payload"]) == (
            "mail.queued",
            {"schema_name": "invites", "mail_id": str(mail_id)},
        )

    async def test_what_is_rolled_back_is_never_sent(
        self, transaction: Transaction[InvitesRepository], database: Database
    ) -> None:
        async def fails() -> None:
            async with transaction() as repository:
                await repository.add_mail(MailRequest("invite", TO, "ko"))
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await fails()
        async with database.transaction("invites") as session:
            counts = await session.execute(
                text("select (select count(*) from invites.mails), (select count(*) from invites.outbox)")
            )
        assert tuple(counts.one()) == (0, 0)

    async def test_the_database_never_holds_the_token(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        mail_id = await invite(transaction)
        row = await row_of(database, mail_id)
        link = str(Links(KEY)(row["data"])["url"])
        token = link.partition("#")[2]
        async with database.transaction("invites") as session:
            everything = (await session.execute(text("select array_agg(m::text) from invites.mails m"))).scalar_one()
            everything += (await session.execute(text("select array_agg(o::text) from invites.outbox o"))).scalar_one()
        assert len(token) == 64
        assert not any(token in each for each in everything)
        async with mail_server(inbox) as port:
            assert await delivery_to(transaction, port).send(mail_id) is MailState.SENT
        part = inbox.received[0].message.get_body(("plain",))
        assert isinstance(part, EmailMessage)
        assert link in part.get_content()


class TestSending:
    async def test_what_is_sent_is_forgotten(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        mail_id = await invite(transaction)
        async with mail_server(inbox) as port:
            assert await delivery_to(transaction, port).send(mail_id) is MailState.SENT
        row = await row_of(database, mail_id)
        assert (row["state"], row["attempts"]) == ("sent", 1)
        assert (row["recipient"], row["data"], row["last_error"]) == (None, None, None)
        assert row["sent_at"] is not None
        [received] = inbox.received
        assert received.recipients == [TO]
        assert received.message["Subject"] == "초록이 님이 분리에 초대했어요"
        assert received.message["Message-ID"] == f"<{mail_id}@bunri.example>"
        assert received.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    async def test_twice_is_once(self, transaction: Transaction[InvitesRepository], inbox: Inbox) -> None:
        mail_id = await invite(transaction)
        async with mail_server(inbox) as port:
            delivery = delivery_to(transaction, port)
            assert [await delivery.send(mail_id) for _ in range(3)] == [MailState.SENT, None, None]
            await delivery.retry_due()
        assert len(inbox.received) == 1

    async def test_two_workers_at_once_are_once(
        self, settings: Settings, transaction: Transaction[InvitesRepository], inbox: Inbox
    ) -> None:
        inbox.delay_s = 0.2
        mails = [await invite(transaction, f"friend{number}@example.org") for number in range(5)]
        async with mail_server(inbox) as port, other_worker(settings) as other:
            workers = [delivery_to(transaction, port), delivery_to(other, port)]
            sending = [worker.send(mail_id) for mail_id in mails for worker in workers]
            states = await asyncio.gather(*sending, *(worker.retry_due() for worker in workers))
        assert sum(state is MailState.SENT for state in states) <= len(mails)
        recipients = [received.recipients for received in inbox.received]
        assert sorted(recipients) == [[f"friend{number}@example.org"] for number in range(5)]

    async def test_a_mail_of_another_domain_is_none_of_ours(
        self, transaction: Transaction[InvitesRepository], inbox: Inbox
    ) -> None:
        async with mail_server(inbox) as port:
            assert await delivery_to(transaction, port).send(new_id()) is None
        assert inbox.received == []

    async def test_data_that_the_template_cannot_use_is_tried_again(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        """A fault of ours: the next version may be without it, and meanwhile other mails go out."""
        async with transaction() as repository:
            broken = await repository.add_mail(MailRequest("invite", TO, "ko", {}))
        sound = await invite(transaction)
        async with mail_server(inbox) as port:
            await delivery_to(transaction, port).retry_due()
        assert len(inbox.received) == 1
        assert (await row_of(database, sound))["state"] == "sent"
        row = await row_of(database, broken)
        assert (row["state"], row["attempts"], row["last_error"]) == ("queued", 1, "KeyError")

    async def test_what_has_become_pointless_is_not_sent(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        def used_up(_: Mapping[str, Any]) -> Mapping[str, Any]:
            raise MailRefused("the invitation was taken back")

        mail_id = await invite(transaction)
        async with mail_server(inbox) as port:
            delivery = MailDelivery(transaction, mailer_at(port), invites_module.PACKAGE, used_up)
            assert await delivery.send(mail_id) is MailState.DEAD
        assert inbox.received == []
        assert (await row_of(database, mail_id))["last_error"] == "the invitation was taken back"

    async def test_a_name_with_a_line_break_is_given_up_and_smuggles_nothing(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        mail_id = await InvitesService(transaction).invite(TO, "초록이\r\nBcc: everybody@example.org")
        async with mail_server(inbox) as port:
            assert await delivery_to(transaction, port).send(mail_id) is MailState.DEAD
        assert inbox.received == []
        assert "subject" in (await row_of(database, mail_id))["last_error"]


@asynccontextmanager
async def other_worker(settings: Settings) -> AsyncIterator[Transaction[InvitesRepository]]:
    """With connections of its own."""
    database = Database(login_address(str(settings.database_url), settings.key("database roles")))
    try:
        yield database.transactions("invites", InvitesRepository)
    finally:
        await database.dispose()


class TestFailing:
    async def test_a_server_that_is_away_delays_a_mail_and_loses_none(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        port = free_port()
        delivery = delivery_to(transaction, port)
        mails = [await invite(transaction, f"friend{number}@example.org") for number in range(3)]
        assert await delivery.send(mails[0]) is MailState.QUEUED
        row = await row_of(database, mails[0])
        assert (row["state"], row["attempts"], row["recipient"]) == ("queued", 1, "friend0@example.org")
        assert row["last_error"]
        assert await delivery.send(mails[0]) is None  # not before its time
        await make_due(database)
        async with mail_server(inbox, port=port):
            await delivery.retry_due()
        assert sorted(received.recipients[0] for received in inbox.received) == [
            f"friend{number}@example.org" for number in range(3)
        ]
        assert {(await row_of(database, each))["state"] for each in mails} == {"sent"}

    async def test_one_that_takes_nothing_ends_the_round(
        self, transaction: Transaction[InvitesRepository], database: Database
    ) -> None:
        mails = [await invite(transaction) for _ in range(3)]
        async with broken_server(smtp.hang) as port:
            await delivery_to(transaction, port, timeout_s=0.2).retry_due()
        attempts = [(await row_of(database, each))["attempts"] for each in mails]
        assert attempts == [1, 0, 0]
        assert (await row_of(database, mails[0]))["last_error"] == "timeout"

    async def test_one_that_puts_off_one_mail_takes_the_others(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        inbox.replies["RCPT"] = "450 4.2.0 Greylisted"
        mails = [await invite(transaction) for _ in range(3)]
        async with mail_server(inbox) as port:
            delivery = delivery_to(transaction, port)
            await delivery.retry_due()
            rows = [await row_of(database, each) for each in mails]
            assert {(row["state"], row["attempts"]) for row in rows} == {("queued", 1)}
            assert {row["last_error"] for row in rows} == {"450 4.2.0 Greylisted"}
            inbox.replies.clear()
            await make_due(database)
            await delivery.retry_due()
        assert len(inbox.received) == 3

    async def test_each_wait_is_twice_the_one_before(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        mail_id = await invite(transaction)
        inbox.replies["DATA"] = "451 4.3.0 Try later"
        waits = []
        async with mail_server(inbox) as port:
            delivery = delivery_to(transaction, port)
            for _ in range(4):
                await make_due(database)
                await delivery.send(mail_id)
                async with database.transaction("invites") as session:
                    left = await session.execute(text("select next_attempt_at - now() from invites.mails"))
                waits.append(round(left.scalar_one().total_seconds() / 60))
        assert waits == [1, 2, 4, 8]

    async def test_after_a_day_of_tries_it_is_given_up(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        mail_id = await invite(transaction)
        inbox.replies["RCPT"] = "452 4.2.2 Mailbox full"
        async with mail_server(inbox) as port:
            delivery = delivery_to(transaction, port)
            await make_due(database, attempts=MOST_ATTEMPTS - 2)
            assert await delivery.send(mail_id) is MailState.QUEUED
            await make_due(database)
            assert await delivery.send(mail_id) is MailState.DEAD
            await make_due(database)
            await delivery.retry_due()
        row = await row_of(database, mail_id)
        assert (row["state"], row["attempts"], row["recipient"]) == ("dead", MOST_ATTEMPTS, TO)

    async def test_a_final_no_is_given_up_at_once(
        self, transaction: Transaction[InvitesRepository], inbox: Inbox
    ) -> None:
        mail_id = await invite(transaction)
        inbox.replies["RCPT"] = "550 5.1.1 No such user"
        async with mail_server(inbox) as port:
            delivery = delivery_to(transaction, port)
            assert await delivery.send(mail_id) is MailState.DEAD
            assert await delivery.send(mail_id) is None
            [dead] = await delivery.dead()
        assert (dead.id, dead.template, dead.recipient, dead.attempts) == (mail_id, "invite", TO, 1)
        assert dead.last_error == "550 5.1.1 No such user"


class TestCrashes:
    async def test_a_worker_that_dies_loses_no_mail(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        mail_id = await invite(transaction)
        async with transaction() as repository:
            assert await repository.claim_mail(mail_id, LEASE)
        async with mail_server(inbox) as port:
            delivery = delivery_to(transaction, port)
            assert await delivery.send(mail_id) is None  # in the hands of the one that died
            await make_due(database)
            await delivery.retry_due()
        assert len(inbox.received) == 1

    async def test_one_that_was_only_slow_changes_nothing_any_more(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        mail_id = await invite(transaction)
        async with transaction() as repository:
            slow = await repository.claim_mail(mail_id, LEASE)
        assert slow
        await make_due(database)
        async with transaction() as repository:
            assert await repository.claim_mail(mail_id, LEASE)
        async with transaction() as repository:
            await repository.mail_failed(slow, "too late", None)
        assert (await row_of(database, mail_id))["state"] == "queued"
        async with transaction() as repository:
            await repository.mail_sent(mail_id)
            await repository.mail_failed(slow, "too late", None)
        assert (await row_of(database, mail_id))["state"] == "sent"

    async def test_a_mail_that_kills_every_worker_is_given_up(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        mail_id = await invite(transaction)
        for _ in range(MOST_ATTEMPTS):
            await make_due(database)
            async with transaction() as repository:
                assert await repository.claim_mail(mail_id, LEASE)
        await make_due(database)
        async with mail_server(inbox) as port:
            await delivery_to(transaction, port).retry_due()
        assert inbox.received == []
        row = await row_of(database, mail_id)
        assert (row["state"], row["last_error"]) == ("dead", "every worker that tried it has died")


class TestDead:
    async def test_they_may_be_tried_again_for_a_day(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        mails = [await invite(transaction, f"friend{number}@example.org") for number in range(2)]
        inbox.replies["RCPT"] = "550 5.7.1 Blocked"
        async with mail_server(inbox) as port:
            delivery = delivery_to(transaction, port)
            await delivery.retry_due()
            assert [dead.id for dead in await delivery.dead()] == mails[::-1]
            assert await delivery.revive(mails[0]) == [mails[0]]
            assert [dead.id for dead in await delivery.dead()] == [mails[1]]
            inbox.replies["RCPT"] = "450 4.7.1 Not yet"
            assert await delivery.send(mails[0]) is MailState.QUEUED
            assert (await row_of(database, mails[0]))["attempts"] == 1
            inbox.replies.clear()
            assert await delivery.revive() == [mails[1]]
            await make_due(database)
            await delivery.retry_due()
            assert await delivery.dead() == []
        assert len(inbox.received) == 2

    async def test_one_that_was_not_given_up_cannot_be_revived(
        self, transaction: Transaction[InvitesRepository]
    ) -> None:
        delivery = delivery_to(transaction, 1)
        queued = await invite(transaction)
        for mail_id in (queued, new_id()):
            with pytest.raises(MailMissing):
                await delivery.revive(mail_id)

    async def test_after_a_month_the_rows_are_removed(
        self, transaction: Transaction[InvitesRepository], database: Database, inbox: Inbox
    ) -> None:
        old, fresh, waiting = [await invite(transaction) for _ in range(3)]
        async with mail_server(inbox) as port:
            delivery = delivery_to(transaction, port)
            for mail_id in (old, fresh):
                await delivery.send(mail_id)
            async with database.transaction("invites") as session:
                shifted = text("update invites.mails set next_attempt_at = now() - interval '31 days' where id <> :id")
                await session.execute(shifted, {"id": fresh})
            await delivery.retry_due()
        async with database.transaction("invites") as session:
            left = (await session.execute(text("select id from invites.mails order by id"))).scalars().all()
        assert left == [fresh, waiting]
        assert len(inbox.received) == 3

    async def test_who_is_to_be_forgotten_gets_no_more_mail(
        self, transaction: Transaction[InvitesRepository], database: Database
    ) -> None:
        await invite(transaction)
        kept = await invite(transaction, "other@example.org")
        async with transaction() as repository:
            await repository.remove_mails_to(TO)
        async with database.transaction("invites") as session:
            assert (await session.execute(text("select id from invites.mails"))).scalars().all() == [kept]
