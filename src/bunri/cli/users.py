"""``bunri users``: who has an account, who may do what, and help for who cannot sign in any more."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bunri.cli.connection import Connection
from bunri.cli.models import errors_printed
from bunri.cli.options import Data, Lang
from bunri.domains.auth.records import FoundPerson, Role
from bunri.domains.auth.service.administration import Administration
from bunri.domains.auth.subjects import subject_of
from bunri.kit.languages import Language, text

T = TypeVar("T")

users = typer.Typer(help="사람 · Accounts, their roles, and help for who cannot sign in.", no_args_is_help=True)

COLUMNS: Final = ("id", "kind", "email", "name", "roles", "factor", "state", "since")

Person = Annotated[str, typer.Argument(metavar="PERSON", help="An e-mail address, or an id: guest_<uuid>.")]
AsJson = Annotated[bool, typer.Option("--json", help="One document a line.")]


@users.command("list")
def list_users(
    context: typer.Context,
    search: Annotated[str, typer.Option(metavar="TEXT", help="In the address or name; or a whole id.")] = "",
    role: Annotated[Role | None, typer.Option(help="Only those who have it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many are shown, the newest.")] = 100,
    as_json: AsJson = False,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Show people: guests and accounts, the newest first."""
    found = _do(context, data, lang, lambda people: people.find(search, role, limit=limit + 1))
    shown = found[:limit]
    if as_json:
        for each in shown:
            typer.echo(json.dumps(_document(each), ensure_ascii=False))
    elif shown:
        Console().print(_table(shown, lang))
    else:
        typer.echo(text("auth.cli.none_found", lang))
    if len(found) > limit:
        typer.echo(text("auth.cli.more", lang, limit=limit), err=True)


@users.command()
def promote(
    context: typer.Context,
    person: Person,
    role: Annotated[Role, typer.Option()],
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Give an account a role, beside any other. It counts once its person signs in by two factors."""
    counts = _do(context, data, lang, lambda people: people.promote(person, role))
    typer.echo(text("auth.cli.promoted", lang, who=person, role=role))
    if not counts:
        typer.echo(text("auth.cli.factor_needed", lang, who=person), err=True)


@users.command()
def demote(context: typer.Context, person: Person, data: Data = None, lang: Lang = "ko") -> None:
    """Take all roles away, and sign the person out."""
    _do(context, data, lang, lambda people: people.demote(person))
    typer.echo(text("auth.cli.demoted", lang, who=person))


@users.command()
def disable(context: typer.Context, person: Person, data: Data = None, lang: Lang = "ko") -> None:
    """Close an account: its sessions end at once, and nobody signs in to it. Nothing is erased."""
    _do(context, data, lang, lambda people: people.disable(person))
    typer.echo(text("auth.cli.was_disabled", lang, who=person))


@users.command()
def enable(context: typer.Context, person: Person, data: Data = None, lang: Lang = "ko") -> None:
    """Open a closed account again."""
    _do(context, data, lang, lambda people: people.enable(person))
    typer.echo(text("auth.cli.was_enabled", lang, who=person))


@users.command("reset-factors")
def reset_factors(context: typer.Context, person: Person, data: Data = None, lang: Lang = "ko") -> None:
    """Remove authenticator app, passkeys and recovery codes of somebody who has lost them.

    Make sure first that it is them who ask: the password, or the account elsewhere, signs in alone afterwards. The
    person is signed out everywhere and gets a mail.
    """
    _do(context, data, lang, lambda people: people.reset_factors(person))
    typer.echo(text("auth.cli.was_reset", lang, who=person))


@users.command("end-sessions")
def end_sessions(context: typer.Context, person: Person, data: Data = None, lang: Lang = "ko") -> None:
    """Sign a person out everywhere."""
    count = _do(context, data, lang, lambda people: people.end_sessions(person))
    typer.echo(text("auth.cli.was_ended", lang, who=person, count=count))


def _do(context: typer.Context, data: Path | None, lang: Language, work: Callable[[Administration], Awaitable[T]]) -> T:
    """What ``work`` answers. Ends with 1 and a sentence where it cannot be done."""
    connection: Connection = context.obj
    connection.data = data
    opened = connection.open(Administration)  # outside the event loop: it may have to start servers

    async def done() -> T:
        async with opened as people:
            return await work(people)

    with errors_printed(lang):
        return asyncio.run(done())


def _document(found: FoundPerson) -> dict[str, Any]:
    person = found.person
    return {
        "id": subject_of(person.id),
        "kind": person.kind,
        "email": person.email,
        "name": person.name,
        "roles": list(person.roles),
        "has_second_factor": found.has_second_factor,
        "disabled_at": person.disabled_at.isoformat() if person.disabled_at else None,
        "erase_at": person.erase_at.isoformat() if person.erase_at else None,
        "created_at": person.created_at.isoformat(),
    }


def _table(people: Sequence[FoundPerson], lang: Language) -> Table:
    table = Table(*(text(f"auth.cli.{column}", lang) for column in COLUMNS))
    for each in people:
        person = each.person
        words = (
            subject_of(person.id),
            text(f"auth.cli.{person.kind}", lang),
            person.email or "",
            person.name,
            ", ".join(person.roles),
            "✓" if each.has_second_factor else "",
            _state(each, lang),
            f"{person.created_at:%Y-%m-%d}",
        )
        table.add_row(*map(escape, words))
    return table


def _state(found: FoundPerson, lang: Language) -> str:
    person = found.person
    if person.disabled_at:
        return text("auth.cli.is_disabled", lang)
    if person.erase_at:
        return text("auth.cli.is_leaving", lang, day=f"{person.erase_at:%Y-%m-%d}")
    return text("auth.cli.active", lang)
