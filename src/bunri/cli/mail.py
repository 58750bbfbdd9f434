"""``bunri mail``: sends a test mail; shows what was given up and has it tried again."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bunri.app.inline import InlineContainer
from bunri.app.registry import REGISTRY
from bunri.app.settings import Settings
from bunri.cli.connection import Connection
from bunri.cli.models import errors_printed
from bunri.cli.options import Data, Lang
from bunri.kit.clock import now
from bunri.kit.languages import Language, text
from bunri.platform.mail.delivery import MailDelivery
from bunri.platform.mail.errors import MailMissing
from bunri.platform.mail.factory import open_mailer
from bunri.platform.mail.protocol import Mail
from bunri.platform.mail.rows import DeadMail
from bunri.platform.mail.table import MailState
from bunri.platform.mail.templates import render

mail = typer.Typer(help="메일 · Mail that is sent, and mail that was given up.", no_args_is_help=True)

MOST_SHOWN: Final = 1000
PACKAGE: Final = "bunri.platform.mail"


@mail.command("test")
def send_test(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="Who gets the test mail.")],
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Send a test mail as every mail is sent, and say who took it. Needs no running bunri.

    Ends with 0 when it was taken and 1 when it was not, with what the server said.
    """
    connection: Connection = context.obj
    connection.data = data
    settings = connection.given
    with errors_printed(lang):
        asyncio.run(_send(settings, address, lang))
    if server := settings.mail.server:
        typer.echo(text("mail.cli.sent", lang, to=address, host=server.host, port=server.port))
    else:
        typer.echo(text("mail.cli.written", lang, folder=settings.data / "outbox"))


async def _send(settings: Settings, address: str, lang: Language) -> None:
    moment = now()
    words = render(PACKAGE, "test", lang, {"sent_at": f"{moment:%Y-%m-%d %H:%M} UTC"})
    mailer = open_mailer(settings.mail, settings.data)
    await mailer.send(Mail(to=address, subject=words.subject, text=words.text, html=words.html, language=lang))


@mail.command()
def dead(context: typer.Context, data: Data = None, lang: Lang = "ko") -> None:
    """Show the mails that were given up, and why."""

    async def found(settings: Settings) -> list[tuple[str, DeadMail]]:
        async with _deliveries(settings) as deliveries:
            lists = {domain: await delivery.dead(MOST_SHOWN) for domain, delivery in deliveries.items()}
        return [(domain, each) for domain, mails in lists.items() for each in mails]

    with errors_printed(lang):
        mails = asyncio.run(found(_settings(context, data)))
    if not mails:
        typer.echo(text("mail.cli.none_dead", lang))
        return
    columns = ("id", "domain", "template", "recipient", "attempts", "created", "error")
    table = Table(*(text(f"mail.cli.{column}", lang) for column in columns))
    for domain, each in mails:
        created = f"{each.created_at:%Y-%m-%d %H:%M}"
        words = (str(each.id), domain, each.template, each.recipient, str(each.attempts), created, each.last_error)
        table.add_row(*map(escape, words))
    Console().print(table)
    if len(mails) >= MOST_SHOWN:
        typer.echo(text("mail.cli.more", lang, limit=MOST_SHOWN), err=True)


@mail.command()
def retry(
    context: typer.Context,
    mail_id: Annotated[UUID | None, typer.Argument(metavar="[ID]", help="As `dead` shows it. [default: all]")] = None,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Try the mails that were given up again, now; those that fail are tried again for a day.

    Ends with 0 when all were sent and 1 when some were not.
    """
    with errors_printed(lang):
        states = asyncio.run(_retry(_settings(context, data), mail_id))
    counts = {str(state): states[state] for state in MailState}
    typer.echo(text("mail.cli.retried", lang, **counts) if states else text("mail.cli.none_dead", lang))
    raise typer.Exit(0 if states.total() == states[MailState.SENT] else 1)


async def _retry(settings: Settings, mail_id: UUID | None) -> Counter[MailState]:
    states: Counter[MailState] = Counter()
    async with _deliveries(settings) as deliveries:
        for delivery, mails in [(each, await _revived(each, mail_id)) for each in deliveries.values()]:
            for each in mails:
                # None: a worker was faster, and has the mail in hand now.
                states[await delivery.send(each) or MailState.QUEUED] += 1
    if mail_id is not None and not states:
        raise MailMissing(id=str(mail_id))
    return states


async def _revived(delivery: MailDelivery, mail_id: UUID | None) -> Sequence[UUID]:
    """One of them is in one domain's table, whichever that is."""
    try:
        return await delivery.revive(mail_id)
    except MailMissing:
        return ()


def _settings(context: typer.Context, data: Path | None) -> Settings:
    """With servers. Must be called outside the event loop, because it may have to start them."""
    connection: Connection = context.obj
    connection.data = data
    return connection.settings


@asynccontextmanager
async def _deliveries(settings: Settings) -> AsyncIterator[Mapping[str, MailDelivery]]:
    """What sends the mails of each domain, by the domain's name."""
    container = InlineContainer(settings, REGISTRY)
    try:
        yield {module.name: module.mail(container) for module in REGISTRY.modules if module.mail}
    finally:
        await container.close()
