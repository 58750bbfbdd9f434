"""``bunri mail``: a test mail, what was given up, and another try."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.app.toy import invites_module
from tests.app.toy.invites.service import InvitesService
from tests.support.cluster import Cluster
from tests.support.platform import free_port
from tests.support.smtp import Inbox, mail_server, settings_for
from typer.testing import CliRunner, Result

from bunri.app.inline import InlineContainer
from bunri.app.registry import MODULES, Registry
from bunri.app.settings import Settings
from bunri.cli import mail as command
from bunri.cli.connection import Connection
from bunri.kit.ids import new_id
from bunri.platform.mail.settings import MailSettings

REGISTRY = Registry((*MODULES, invites_module.MODULE))
Run = Callable[..., Result]


@contextmanager
def serving(inbox: Inbox, port: int = 0) -> Iterator[int]:
    """A mail server in a thread of its own: commands run event loops of theirs."""
    started, ports, ending = threading.Event(), [], asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with mail_server(inbox, port=port) as taken:
            ports.append(taken)
            started.set()
            await ending.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert started.wait(10)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(10)
        loop.close()


@pytest.fixture
def run(
    cluster: Cluster, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[MailSettings], Run]:
    """``bunri mail`` with settings of mail, for a product that sends invites; none are queued yet."""
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.setattr(command, "REGISTRY", REGISTRY)
    asyncio.run(cluster.migrate(settings, REGISTRY))
    asyncio.run(execute(settings, "delete from invites.mails"))

    def with_settings(mail: MailSettings) -> Run:
        def invoke(*arguments: object) -> Result:
            connection = Connection()
            connection.given = connection.settings = settings.model_copy(update={"mail": mail, "data": tmp_path})
            return CliRunner().invoke(command.mail, [*map(str, arguments), "--lang", "en"], obj=connection)

        return invoke

    return with_settings


async def execute(settings: Settings, statement: str) -> None:
    container = InlineContainer(settings, REGISTRY)
    async with container.database.transaction("invites") as session:
        await session.execute(text(statement))
    await container.close()


def invite(settings: Settings, to: str, *, dead: bool = True) -> UUID:
    """The id of a mail that was given up."""

    async def queue() -> UUID:
        container = InlineContainer(settings, REGISTRY)
        mail_id = await container.get(InvitesService).invite(to, "초록이", "en")
        await container.close()
        return mail_id

    mail_id = asyncio.run(queue())
    if dead:
        asyncio.run(execute(settings, "update invites.mails set state = 'dead', attempts = 13, last_error = '[why]'"))
    return mail_id


def last_line(result: Result) -> str:
    """Without the log, which only the root command sends to standard error."""
    return str(result.stdout.splitlines()[-1])


class TestTest:
    def test_it_goes_to_the_server(self, run: Callable[[MailSettings], Run]) -> None:
        inbox = Inbox()
        with serving(inbox) as port:
            result = run(settings_for(port))("test", "you@example.org")
        assert result.exit_code == 0, result.output
        assert result.stdout == f"The test mail to you@example.org is on its way: 127.0.0.1:{port} has taken it.\n"
        [received] = inbox.received
        assert (received.recipients, received.message["Subject"]) == (["you@example.org"], "Mail arrives")

    def test_without_a_server_it_is_a_file(self, run: Callable[[MailSettings], Run], tmp_path: Path) -> None:
        result = run(MailSettings())("test", "you@example.org")
        assert result.exit_code == 0, result.output
        assert str(tmp_path / "outbox") in result.stdout
        assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1

    def test_what_the_server_says_is_told(self, run: Callable[[MailSettings], Run]) -> None:
        with serving(Inbox(replies={"RCPT": "550 5.7.1 [Blocked] by policy"})) as port:
            result = run(settings_for(port))("test", "you@example.org")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "cannot be sent: 550 5.7.1 [Blocked] by policy" in result.stderr

    def test_a_server_that_is_away(self, run: Callable[[MailSettings], Run]) -> None:
        result = run(settings_for(free_port()))("test", "you@example.org")
        assert result.exit_code == 1
        assert "The mail has not been taken over yet" in result.stderr

    def test_an_address_that_is_none(self, run: Callable[[MailSettings], Run]) -> None:
        result = run(MailSettings())("test", "nobody")
        assert result.exit_code == 1
        assert "This is no e-mail address" in result.stderr


class TestDead:
    def test_none(self, run: Callable[[MailSettings], Run], settings: Settings) -> None:
        invite(settings, "waiting@example.org", dead=False)
        result = run(MailSettings())("dead")
        assert (result.exit_code, result.stdout) == (0, "No mail has been given up.\n")

    def test_each_with_its_reason(self, run: Callable[[MailSettings], Run], settings: Settings) -> None:
        mail_id = invite(settings, "friend@example.org")
        result = run(MailSettings())("dead")
        assert result.exit_code == 0, result.output
        [line] = [line for line in result.stdout.splitlines() if str(mail_id) in line]
        for word in ("invites", "invite", "friend@example.org", "13", "[why]"):
            assert word in line


class TestRetry:
    def test_all_of_them(self, run: Callable[[MailSettings], Run], settings: Settings) -> None:
        for number in range(3):
            invite(settings, f"friend{number}@example.org")
        inbox = Inbox()
        with serving(inbox) as port:
            result = run(settings_for(port))("retry")
        assert (result.exit_code, last_line(result)) == (0, "Sent: 3. To be tried again later: 0. Given up again: 0.")
        assert len(inbox.received) == 3

    def test_one_of_them(self, run: Callable[[MailSettings], Run], settings: Settings) -> None:
        one, other = (invite(settings, f"friend{number}@example.org") for number in range(2))
        inbox = Inbox()
        with serving(inbox) as port:
            result = run(settings_for(port))("retry", one)
            assert result.exit_code == 0, result.output
            assert str(other) in run(settings_for(port))("dead").stdout
        assert [received.recipients for received in inbox.received] == [["friend0@example.org"]]

    def test_one_that_there_is_not(self, run: Callable[[MailSettings], Run]) -> None:
        missing = new_id()
        result = run(MailSettings())("retry", missing)
        assert result.exit_code == 1
        assert f"No mail that was given up has the id {missing}." in result.stderr

    def test_a_server_that_is_away(self, run: Callable[[MailSettings], Run], settings: Settings) -> None:
        invite(settings, "friend@example.org")
        result = run(settings_for(free_port()))("retry")
        assert (result.exit_code, last_line(result)) == (1, "Sent: 0. To be tried again later: 1. Given up again: 0.")

    def test_none(self, run: Callable[[MailSettings], Run]) -> None:
        result = run(MailSettings())("retry")
        assert (result.exit_code, result.stdout) == (0, "No mail has been given up.\n")
