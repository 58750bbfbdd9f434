"""The tasks around the queue of mails."""

import asyncio
from typing import Any

from sqlalchemy import text
from tests.app.toy import invites_module
from tests.app.toy.invites.repository import InvitesRepository
from tests.app.toy.invites.service import InvitesService, Links
from tests.support.providers import Only
from tests.support.smtp import Inbox, broken_server, mail_server, settings_for

from bunri.platform.db import Database, Transaction
from bunri.platform.mail import MailQueued
from bunri.platform.mail.delivery import MailDelivery
from bunri.platform.mail.handlers import AT_ONCE, mail_handlers
from bunri.platform.mail.smtp import SmtpMailer
from bunri.platform.queue import Handler


def handlers_at(transaction: Transaction[InvitesRepository], port: int) -> tuple[Handler, Handler]:
    settings = settings_for(port)
    assert settings.server
    delivery = MailDelivery(
        transaction, SmtpMailer(settings, settings.server), invites_module.PACKAGE, Links("a key of tests")
    )
    return mail_handlers("invites", "invites.send_mail", "invites.retry_mail", delivery)


async def queued(transaction: Transaction[InvitesRepository]) -> dict[str, Any]:
    mail_id = await InvitesService(transaction).invite("friend@example.org", "초록이")
    return MailQueued(schema_name="invites", mail_id=mail_id).model_dump(mode="json")


async def test_a_server_that_hangs_keeps_the_queue_free_for_other_work(
    transaction: Transaction[InvitesRepository], database: Database
) -> None:
    connected = asyncio.Semaphore(0)

    async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        connected.release()
        await asyncio.Event().wait()

    async with broken_server(hang) as port:
        send, _ = handlers_at(transaction, port)
        events = [await queued(transaction) for _ in range(AT_ONCE + 3)]
        waiting = [asyncio.ensure_future(send.run(Only(), event)) for event in events[:AT_ONCE]]
        for _ in waiting:
            await connected.acquire()
        for event in events[AT_ONCE:]:
            await send.run(Only(), event)  # returns, though the server still hangs
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    async with database.transaction("invites") as session:
        attempts = (await session.execute(text("select attempts from invites.mails order by id"))).scalars().all()
    assert attempts == [1] * AT_ONCE + [0] * 3


async def test_what_was_left_is_sent_by_the_task_that_comes_again(
    transaction: Transaction[InvitesRepository], inbox: Inbox
) -> None:
    inbox.delay_s = 0.2
    async with mail_server(inbox) as port:
        send, retry = handlers_at(transaction, port)
        events = [await queued(transaction) for _ in range(AT_ONCE + 2)]
        await asyncio.gather(*(send.run(Only(), event) for event in events))
        assert len(inbox.received) == AT_ONCE
        await asyncio.gather(*(retry.run(Only(), {}) for _ in range(3)))
    assert len(inbox.received) == len(events)


async def test_a_failure_leaves_the_way_free(transaction: Transaction[InvitesRepository], inbox: Inbox) -> None:
    inbox.replies["RCPT"] = "550 5.1.1 No such user"
    async with mail_server(inbox) as port:
        send, _ = handlers_at(transaction, port)
        for _ in range(AT_ONCE + 1):
            await send.run(Only(), await queued(transaction))
        inbox.replies.clear()
        await send.run(Only(), await queued(transaction))
    assert len(inbox.received) == 1
