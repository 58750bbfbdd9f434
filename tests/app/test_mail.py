"""A domain sends mails when its Module says how: tasks, schedule and page follow from it (toy/invites)."""

from pathlib import Path

import pytest
from sqlalchemy import text
from tests.app.toy import invites_module
from tests.app.toy.invites.service import InvitesService
from tests.support.cluster import Cluster
from tests.support.smtp import Inbox, mail_server, settings_for

from bunri.app.inline import InlineContainer
from bunri.app.module import Module
from bunri.app.registry import DEFAULT_QUEUE, MODULES, RETRY_MAIL_S, Registry, RegistryUnsound
from bunri.app.settings import Settings
from bunri.app.worker import handlers_of
from bunri.kit.ids import new_id
from bunri.platform.mail import Mailer, MailQueued
from bunri.platform.mail.folder import MailFolder

REGISTRY = Registry((*MODULES, invites_module.MODULE))


@pytest.fixture
async def settings(cluster: Cluster, settings: Settings, tmp_path: Path) -> Settings:
    await cluster.migrate(settings, REGISTRY)
    return settings.model_copy(update={"data": tmp_path})


def test_its_tasks_and_their_schedule_follow_from_one_line() -> None:
    [timed] = [each for each in REGISTRY.schedule if each.task == "invites.retry_mail"]
    assert (timed.queue, timed.every) == (DEFAULT_QUEUE.name, RETRY_MAIL_S)
    assert [route.task for route in REGISTRY.routes[MailQueued.topic] if route.task.startswith("invites")] == [
        "invites.send_mail"
    ]


def test_who_sends_mails_needs_an_outbox() -> None:
    lone = Module(
        name="lone",
        package="tests.app.toy.invites",
        target="lone",
        provide=lambda _: None,
        schema="lone",
        mail=invites_module.MODULE.mail,
    )
    with pytest.raises(RegistryUnsound, match="lone sends mails but has no outbox"):
        Registry((lone,))


async def test_a_worker_has_their_handlers(settings: Settings) -> None:
    container = InlineContainer(settings, REGISTRY)
    names = [each.name for each in handlers_of(container, REGISTRY, [DEFAULT_QUEUE.name])]
    assert {"invites.send_mail", "invites.retry_mail"} <= set(names)
    await container.close()


async def test_a_queued_mail_leaves_after_the_commit(settings: Settings) -> None:
    inbox = Inbox()
    async with mail_server(inbox) as port:
        container = InlineContainer(settings.model_copy(update={"mail": settings_for(port)}), REGISTRY)
        container.load_handlers()
        await container.get(InvitesService).invite("friend@example.org", "초록이", "en")
        assert inbox.received == []
        await container.work()
        await container.close()
    [received] = inbox.received
    assert received.recipients == ["friend@example.org"]
    assert received.message["Subject"] == "초록이 invites you to bunri"


async def test_without_a_server_it_is_a_file(settings: Settings) -> None:
    container = InlineContainer(settings, REGISTRY)
    container.load_handlers()
    mail_id = await container.get(InvitesService).invite("friend@example.org", "초록이", "en")
    await container.work()
    folder = container.get(Mailer)
    assert isinstance(folder, MailFolder)
    assert folder.names() == [str(mail_id)]
    await container.close()


async def test_an_event_about_another_schema_is_ignored(settings: Settings) -> None:
    container = InlineContainer(settings, REGISTRY)
    container.load_handlers()
    invites = container.get(InvitesService)
    mail_id = await invites.invite("friend@example.org", "초록이")
    container.inline.messages.clear()
    for schema_name, known in (("auth", mail_id), ("invites", new_id())):
        event = MailQueued(schema_name=schema_name, mail_id=known)
        await container.publisher.publish(MailQueued.topic, event.model_dump(mode="json"))
    await container.work()
    async with container.database.transaction("invites") as session:
        found = await session.execute(text("select attempts from invites.mails where id = :id"), {"id": mail_id})
    assert found.scalar_one() == 0
    await container.close()
