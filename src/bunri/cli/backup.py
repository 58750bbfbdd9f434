"""``bunri backup``: makes archives, lists them, and proves that they restore."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from bunri.app.settings import SecretMissing, Settings
from bunri.cli.connection import Connection
from bunri.cli.models import print_error
from bunri.cli.options import Data, Lang
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, text
from bunri.kit.sizes import size_in_words
from bunri.platform.backup.errors import (
    BackupDamaged,
    BackupFailed,
    BackupMissing,
    BackupNothingThere,
    BackupRowsDiffer,
)
from bunri.platform.backup.manifest import Manifest, Summary
from bunri.platform.backup.settings import BackupSettings
from bunri.platform.embedded.servers import EmbeddedServers, attach

if TYPE_CHECKING:
    import pyrage

    from bunri.platform.backup.archive import ArchiveReader
    from bunri.platform.backup.status import StatusStore
    from bunri.platform.backup.targets import Target

backup = typer.Typer(help="백업 · Backups, and the proof that they restore.", invoke_without_command=True)

To = Annotated[str | None, typer.Option("--to", metavar="TARGET", help="Folder or s3://… [default: settings]")]
From = Annotated[str | None, typer.Option("--from", metavar="TARGET", help="Folder or s3://… [default: settings]")]
Identity = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Private key of age. [default: BUNRI_BACKUP__IDENTITY_FILE]")
]
Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="As `bunri backup list` has it. [default: newest]")]


@backup.callback()
def make(
    context: typer.Context,
    to: To = None,
    recipient: Annotated[
        list[str] | None, typer.Option(metavar="age1…", help="Who can restore; repeat for several. [default: settings]")
    ] = None,
    unencrypted: Annotated[bool, typer.Option("--unencrypted", help="An archive that anybody can read.")] = False,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Make a backup of everything: database, files and secrets. bunri may be running."""
    if context.invoked_subcommand:
        return
    from bunri.app.backups import opened_target, source_of
    from bunri.platform.backup.taking import take

    connection: Connection = context.obj
    connection.data = data
    with errors_told(lang):
        given = connection.given
        rules = given.backup
        if recipient or unencrypted:
            chosen = {"recipients": tuple(recipient or ()), "unencrypted": unencrypted}
            rules = BackupSettings.model_validate({**rules.model_dump(), **chosen})
        with running_settings(given) as settings, opened_target(given, to) as target, source_of(settings) as source:
            summary = take(source, target, rules)
            noted(settings, lambda store: store.succeeded(summary))
            typer.echo(
                text(
                    "backup.made",
                    lang,
                    name=summary.name,
                    target=target.label,
                    size=size_in_words(summary.size),
                    rows=f"{summary.rows:,}",
                    objects=f"{summary.objects:,}",
                    seconds=f"{summary.seconds:.1f}",
                )
            )
            if not summary.encrypted:
                typer.echo(text("backup.not_encrypted", lang), err=True)


@backup.command("list")
def list_archives(
    context: typer.Context,
    from_: From = None,
    as_json: Annotated[bool, typer.Option("--json", help="One document a line.")] = False,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Show the archives, the newest first. Needs no key and no running bunri."""
    with errors_told(lang), _target(context, data, from_) as target:
        found = target.archives()
    if as_json:
        for each in found:
            typer.echo(each.model_dump_json())
    elif found:
        Console(width=None if os.isatty(1) else 160).print(_table(found, lang))
    else:
        typer.echo(text("backup.none", lang, target=target.label))


@backup.command()
def verify(
    context: typer.Context,
    name: Name = None,
    from_: From = None,
    identity: Identity = None,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Read an archive to its end: against its checksum, and with a key each part of it against its own."""
    with errors_told(lang), _target(context, data, from_) as target:
        summary = newest(target) if name is None else target.summary(name)
        if target.sha256(summary.name) != (summary.size, summary.sha256):
            raise BackupDamaged(name=summary.name, part="SHA-256")
        identities = identities_of(context.obj.given, identity)
        if summary.encrypted and not identities:
            typer.echo(text("backup.whole", lang, name=summary.name, size=size_in_words(summary.size)))
            return
        manifest = reader_of(target, summary.name, identities).check()
    typer.echo(text("backup.sound", lang, name=summary.name, parts=f"{len(manifest.parts):,}", **_counts(manifest)))


@backup.command()
def drill(
    context: typer.Context,
    name: Name = None,
    from_: From = None,
    identity: Identity = None,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Restore an archive into a PostgreSQL of its own beside everything, count each row, open a picture, and remove it
    all again. What runs is not touched."""
    from bunri.app.backup_run import told_drill
    from bunri.app.backups import drill_plan, opened_target
    from bunri.platform.backup.drill import drill as run

    connection: Connection = context.obj
    connection.data = data
    with errors_told(lang), opened_target(connection.given, from_) as target:
        found = newest(target).name if name is None else name
        reader = reader_of(target, found, identities_of(connection.given, identity))
        result = run(reader, drill_plan(connection.given))
        target.note_drill(result)
        addresses = attach(connection.given.data)
        noted(connection.given.on(addresses), lambda store: store.drilled(result))
    typer.echo(told_drill(result, lang), err=not result.ok)
    if not result.ok:
        raise typer.Exit(BackupRowsDiffer.exit_status)


@backup.command("run")
def run_due(context: typer.Context, data: Data = None, lang: Lang = "en") -> None:
    """Do what is due: the log, the nightly backup, the drill. For timers; bunri's own schedule calls it, too.

    How it went is told to Prometheus, and to Slack where that is set up.
    """
    from bunri.app.backup_run import run

    connection: Connection = context.obj
    connection.data = data
    with errors_told(lang), running_settings(connection.given) as settings:
        run(settings, lambda line: typer.echo(line, err=True), lang)


@backup.command()
def key(file: Path, lang: Lang = "ko") -> None:
    """Write a new private key into FILE, which must not exist, and print its public half (BUNRI_BACKUP__RECIPIENTS)."""
    from bunri.platform.backup.encryption import new_identity

    private, public = new_identity()
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="FILE") from error
    with os.fdopen(opened, "w") as written:
        written.write(f"# public key: {public}\n{private}\n")
    typer.echo(public)
    typer.echo(text("backup.keep_key", lang, file=file), err=True)


# ── for the commands ──────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def errors_told(lang: Language) -> Iterator[None]:
    """An expected failure becomes a sentence and an exit status: that of BackupFailed, else 1."""
    try:
        yield
    except BunriError as error:
        print_error(error, lang)
        raise typer.Exit(error.exit_status if isinstance(error, BackupFailed) else 1) from error


@contextmanager
def running_settings(given: Settings) -> Iterator[Settings]:
    """Settings with servers: those given, of a running ``bunri up``, or started for this. Nothing is migrated."""
    if given.database_url:
        if given.secret is None:
            raise SecretMissing
        yield given
    elif addresses := attach(given.data):
        yield given.on(addresses)
    elif not (given.data / "postgres" / "PG_VERSION").exists():
        raise BackupNothingThere(directory=str(given.data))
    else:
        servers = EmbeddedServers(
            given.data, valkey_mb=given.valkey_memory_mb, keeps_log=given.backup.wal, what="bunri backup"
        )
        try:
            yield given.on(servers.start())
        finally:
            servers.stop()


def noted(settings: Settings, note: "Callable[[StatusStore], None]") -> None:
    """For Prometheus, where there is a Valkey."""
    from bunri.platform.backup.status import StatusStore

    if settings.valkey_url or settings.common_url:
        store = StatusStore(settings.cache_address("common"))
        note(store)
        store.close()


def newest(target: "Target") -> Summary:
    """Raises BackupMissing."""
    archives = target.archives()
    if not archives:
        raise BackupMissing(name="*", target=target.label)
    return archives[0]


def reader_of(target: "Target", name: str, identities: "list[pyrage.x25519.Identity]") -> "ArchiveReader":
    from bunri.platform.backup.archive import ArchiveReader

    return ArchiveReader(name, lambda: target.open(name), identities)


def identities_of(given: Settings, file: Path | None) -> "list[pyrage.x25519.Identity]":
    from bunri.platform.backup.encryption import read_identities

    chosen = file or given.backup.identity_file
    return read_identities(chosen) if chosen else []


@contextmanager
def _target(context: typer.Context, data: Path | None, given: str | None) -> "Iterator[Target]":
    from bunri.app.backups import opened_target

    connection: Connection = context.obj
    connection.data = data
    with opened_target(connection.given, given) as target:
        yield target


def _counts(manifest: Manifest) -> dict[str, str]:
    return {"rows": f"{manifest.rows:,}", "objects": f"{manifest.objects:,}"}


def _table(found: list[Summary], lang: Language) -> Table:
    columns = ("name", "made_at", "size", "rows", "objects", "version", "encrypted")
    table = Table(*(text(f"backup.columns.{column}", lang) for column in columns))
    for each in found:
        table.add_row(
            each.name,
            f"{each.created_at:%Y-%m-%d %H:%M:%S} UTC",
            size_in_words(each.size),
            f"{each.rows:,}",
            f"{each.objects:,}",
            each.bunri,
            "✓" if each.encrypted else "–",
        )
    return table
