"""``bunri status``: one look at the running installation."""

import asyncio
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bunri.cli.connection import Connection
from bunri.cli.options import Data, Lang
from bunri.kit.languages import Language, text
from bunri.kit.sizes import size_in_words

if TYPE_CHECKING:
    from bunri.app.status import Status

WORKS, FAULTY, NOTE = "✓", "✗", "!"
FAILS: Final = 1


class Row(NamedTuple):
    mark: str
    subject: str
    """Of the catalogue: ``status.subjects.<subject>``."""
    words: str


def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One document, for machines.")] = False,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """상태 · How the running installation is. Starts and changes nothing.

    Ends with 0 when everything works, and 1 when something does not or nothing runs.
    """
    from bunri.app.status import status_of

    connection: Connection = context.obj
    connection.data = data
    settings = connection.running
    if settings is None:
        _say_that_nothing_runs(connection.given.data, lang, as_json=as_json)
        raise typer.Exit(FAILS)
    found = asyncio.run(status_of(settings))
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        _print(found, lang)
    if not found.works:
        raise typer.Exit(FAILS)


def _say_that_nothing_runs(data: Path, lang: Language, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"works": False, "data": str(data), "run_by": None}))
    else:
        typer.echo(text("status.nothing_runs", lang, data=data), err=True)


def _print(found: "Status", lang: Language) -> None:
    console = Console(width=None if os.isatty(1) else 160, highlight=False)
    console.print(text("status.works" if found.works else "status.faulty", lang, version=found.version), markup=False)
    table = Table(show_header=False, box=None, pad_edge=False)
    for row in (*_servers(found, lang), *_work(found, lang), *_kept(found, lang), *_set_up(found, lang)):
        table.add_row(row.mark, text(f"status.subjects.{row.subject}", lang), escape(row.words))
    console.print(table)
    console.print(_queues(found, lang))


def _servers(found: "Status", lang: Language) -> Iterator[Row]:
    where = text("status.run_by", lang, process=found.run_by) if found.run_by else text("status.elsewhere", lang)
    yield Row(WORKS, "servers", f"{where} · {found.data}")
    if found.targets:
        heard = [f"{name} {it.version or ''} ({_ago(it.heard_s_ago, lang)})" for name, it in found.targets.items()]
        yield Row(WORKS, "api", ", ".join(heard))
    else:
        yield Row(FAULTY, "api", text("status.unheard" if found.targets is not None else "status.not_known", lang))
    yield _database(found, lang)
    yield _migrations(found, lang)
    for group in ("valkey", "storage"):
        yield _parts(found, group, lang)
    groups = ("database", "valkey", "storage", "queue")
    for name in (name for name in found.parts if name.partition(":")[0] not in groups):
        yield Row(_mark(found, name), "part", f"{name}: {_reason(found, name, lang)}")


def _database(found: "Status", lang: Language) -> Row:
    row = _parts(found, "database", lang)
    if found.connections is None:
        return row
    counts = text("status.connections", lang, open=found.connections, most=found.connections_limit)
    return row._replace(words=f"{row.words} · {counts}")


def _parts(found: "Status", group: str, lang: Language) -> Row:
    """All that /ready tries of one server: its faults by name, or that there are none."""
    names = [name for name in found.parts if name.partition(":")[0] == group]
    faults = [f"{name}: {_reason(found, name, lang)}" for name in names if _mark(found, name) == FAULTY]
    notes = [f"{name}: {_reason(found, name, lang)}" for name in names if _mark(found, name) == NOTE]
    mark = FAULTY if faults else NOTE if notes else WORKS
    return Row(mark, group, ", ".join([*faults, *notes]) or text("status.answers", lang))


def _mark(found: "Status", name: str) -> str:
    part = found.parts[name]
    return FAULTY if not part.ok else NOTE if part.degraded_reason else WORKS


def _reason(found: "Status", name: str, lang: Language) -> str:
    return found.parts[name].degraded_reason or text("status.answers", lang)


def _migrations(found: "Status", lang: Language) -> Row:
    if found.migrations is None:
        return Row(FAULTY, "migrations", text("status.not_known", lang))
    wrong = [
        text("status.ahead", lang, schema=name) if it.ahead else text("status.behind", lang, schema=name, n=it.behind)
        for name, it in found.migrations.items()
        if it.ahead or it.behind
    ]
    faulty = any(it.behind or it.too_new for it in found.migrations.values())
    return Row(
        FAULTY if faulty else NOTE if wrong else WORKS,
        "migrations",
        ", ".join(wrong) or text("status.up_to_date", lang),
    )


def _work(found: "Status", lang: Language) -> Iterator[Row]:
    silent = [name for name, queue in found.queues.items() if queue.heard_s_ago is None]
    words = text("status.silent", lang, queues=", ".join(silent)) if silent else text("status.consumed", lang)
    in_hand = "–" if found.in_hand is None else found.in_hand
    yield Row(FAULTY if silent else WORKS, "queues", f"{words} · {text('status.in_hand', lang, n=in_hand)}")
    if found.outboxes is None:
        yield Row(FAULTY, "outbox", text("status.not_known", lang))
    else:
        waiting = [
            f"{name} {it.waiting} ({_ago(it.oldest_s or 0, lang)})" for name, it in found.outboxes.items() if it.waiting
        ]
        yield Row(NOTE if waiting else WORKS, "outbox", ", ".join(waiting) or text("status.empty", lang))
    if found.mails_given_up:
        yield Row(NOTE, "mails", text("status.given_up", lang, n=found.mails_given_up))


def _kept(found: "Status", lang: Language) -> Iterator[Row]:
    here = text("status.here" if found.detector_here else "status.asked_instead", lang)
    yield Row(WORKS if found.detector_here else NOTE, "detector", f"{found.detector}: {here}")
    yield _vocabulary(found, lang)
    yield from _backups(found, lang)
    if found.disk_free is not None and found.disk_size:
        free, size = size_in_words(found.disk_free), size_in_words(found.disk_size)
        yield Row(WORKS, "disk", text("status.room", lang, free=free, size=size))


def _vocabulary(found: "Status", lang: Language) -> Row:
    """Never a fault: without it answers come from the networks of the package."""
    state = found.vocabulary
    words = text(
        f"status.vocabulary.{state.phase}",
        lang,
        name=state.name,
        licence=state.licence or "–",
        percent=100 * state.done // state.total if state.total else 0,
    )
    return Row(WORKS if state.phase == "ready" else "–", "vocabulary", words)


def _backups(found: "Status", lang: Language) -> Iterator[Row]:
    known = found.backups.known
    if known is None or known.last is None:
        none = "status.none_yet" if found.backups.planned else "status.not_planned"
        yield Row(NOTE, "backup", text(none, lang))
    else:
        failed = f" · {text('status.failed_since', lang, code=known.failed_code)}" if known.failed_at else ""
        mark = FAULTY if known.failed_at else WORKS
        yield Row(mark, "backup", f"{known.last.name} ({_since(known.last.created_at, lang)}){failed}")
    if known and known.drill:
        words = text("status.restored" if known.drill.ok else "status.not_restored", lang)
        yield Row(WORKS if known.drill.ok else FAULTY, "drill", f"{words} ({_since(known.drill.at, lang)})")


def _set_up(found: "Status", lang: Language) -> Iterator[Row]:
    given = found.configured
    for subject, value in (
        ("public_url", given.public_url),
        ("mail", given.mail),
        ("push", given.push),
        ("sign_in_with", ", ".join(given.sign_in_with)),
        ("language_model", given.language_model),
        ("remote_vision", given.remote_vision),
        ("virus_scanner", given.virus_scanner),
    ):
        yield Row(WORKS if value else "–", subject, value or text(f"status.without.{subject}", lang))


def _queues(found: "Status", lang: Language) -> Table:
    columns = ("queue", "waiting", "oldest", "failed", "heard", "version")
    table = Table(*(text(f"status.columns.{column}", lang) for column in columns))
    for name, queue in found.queues.items():
        oldest = "–" if queue.oldest_s is None else _seconds(queue.oldest_s, lang)
        heard = "✗" if queue.heard_s_ago is None else _ago(queue.heard_s_ago, lang)
        counts = ("–" if count is None else str(count) for count in (queue.waiting, queue.failed))
        waiting, failed = counts
        table.add_row(name, waiting, oldest, failed, heard, queue.version or "–")
    return table


def _since(moment: datetime, lang: Language) -> str:
    return _ago((datetime.now(UTC) - moment).total_seconds(), lang)


def _ago(seconds: float, lang: Language) -> str:
    return text("status.ago", lang, time=_seconds(seconds, lang))


def _seconds(seconds: float, lang: Language) -> str:
    """In the largest unit of which there is one."""
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= length:
            return text(f"status.{unit}", lang, n=int(seconds // length))
    return text("status.seconds", lang, n=int(seconds))
