"""``bunri restore``: puts an archive in the place of what is there."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bunri.app.settings import SecretMissing, Settings
from bunri.cli.backup import From, Identity, errors_told, identities_of, newest, reader_of
from bunri.cli.connection import Connection
from bunri.cli.options import Data, Lang
from bunri.kit.languages import Language, text
from bunri.platform.backup.errors import BackupOnlyEmbedded, BackupWhileRunning
from bunri.platform.embedded.errors import DataDirectoryInUse
from bunri.platform.embedded.servers import EmbeddedServers

if TYPE_CHECKING:
    from bunri.platform.backup.archive import ArchiveReader
    from bunri.platform.backup.restoring import Restored


def restore(
    context: typer.Context,
    archive: Annotated[
        str | None, typer.Argument(metavar="[ARCHIVE]", help="A name of the target, or a file. [default: newest]")
    ] = None,
    from_: From = None,
    identity: Identity = None,
    replace: Annotated[bool, typer.Option("--replace", help="In the place of what is there, which is lost.")] = False,
    other_secret: Annotated[
        bool, typer.Option("--other-secret", help="Though what is encrypted in the database cannot be read any more.")
    ] = False,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d %H:%M:%S%z"],
            metavar="TIME",
            help="The embedded database as it was then: 2026-11-30T14:05:00+09:00 (needs BUNRI_BACKUP__WAL).",
        ),
    ] = None,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Restore a backup: database, files and secrets. bunri must be stopped.

    The archive is read to its end before anything is changed, and the database comes in one transaction.
    """
    connection: Connection = context.obj
    connection.data = data
    with errors_told(lang):
        given = connection.given
        if until is not None:
            _restore_moment(given, until, from_, identity, replace=replace, lang=lang)
            return
        with _reader(given, archive, from_, identity) as reader:
            restored = _restore(given, reader, replace=replace, other_secret=other_secret)
        told = {"rows": f"{restored.rows:,}", "tables": restored.tables, "objects": f"{restored.objects:,}"}
        typer.echo(text("backup.restored", lang, name=reader.name, **told))
        if given.valkey_url:
            typer.echo(text("backup.empty_valkey", lang), err=True)


@contextmanager
def _reader(
    given: Settings, archive: str | None, from_: str | None, identity: Path | None
) -> "Iterator[ArchiveReader]":
    """Of a file that lies somewhere, or of an archive of the target."""
    from bunri.app.backups import opened_target
    from bunri.platform.backup.archive import ArchiveReader

    identities = identities_of(given, identity)
    if archive and Path(archive).is_file():
        path = Path(archive)
        yield ArchiveReader(path.name, lambda: path.open("rb"), identities)
        return
    with opened_target(given, from_) as target:
        yield reader_of(target, archive or newest(target).name, identities)


def _restore(given: Settings, reader: "ArchiveReader", *, replace: bool, other_secret: bool) -> "Restored":
    from bunri.app.backups import destination_of
    from bunri.app.migrations import migrate_all
    from bunri.platform.backup.restoring import restore as run

    with stopped_servers(given) as servers:
        settings = given.on(servers.addresses if servers else None)
        if settings.secret is None:
            raise SecretMissing
        with destination_of(settings, own_secret=given.secret is not None) as destination:
            restored = run(reader, destination, replace=replace, other_secret=other_secret)
        # With the secret that came along, from which the login role's password is derived.
        again = given.on(servers.addresses if servers else None)
        asyncio.run(migrate_all(again, sample=False))
    return restored


def _restore_moment(
    given: Settings, until: datetime, from_: str | None, identity: Path | None, *, replace: bool, lang: Language
) -> None:
    from bunri.app.backups import fingerprint, open_objects, opened_target
    from bunri.app.migrations import migrate_all
    from bunri.platform.backup.cluster import archive_for
    from bunri.platform.backup.moments import restore_moment

    if given.database_url:
        raise BackupOnlyEmbedded
    secret = fingerprint(given) if given.secret else None
    with opened_target(given, from_) as target:
        identities = identities_of(given, identity)
        name = archive_for(target, until).name
        found = restore_moment(
            until,
            reader_of(target, name, identities),
            target,
            identities,
            given.data.absolute(),
            lambda: open_objects(given.on(None)),
            secret,
            replace=replace,
        )
    with stopped_servers(given) as servers:
        asyncio.run(migrate_all(given.on(servers.addresses if servers else None), sample=False))
    moment = until.isoformat()
    typer.echo(text("backup.moment", lang, until=moment, name=name, before=found.before, objects=found.objects))
    if not found.reached:
        typer.echo(text("backup.log_ended", lang, until=moment), err=True)


@contextmanager
def stopped_servers(given: Settings) -> Iterator[EmbeddedServers | None]:
    """The embedded servers, which nobody else may be using; None where the database is elsewhere. What Valkey knows of
    the database before is removed at the end."""
    if given.database_url:
        yield None
        return
    servers = EmbeddedServers(given.data, valkey_mb=given.valkey_memory_mb, what="bunri restore")
    try:
        servers.start()
        yield servers
        servers.stop()
        shutil.rmtree(given.data / "valkey", ignore_errors=True)
    except DataDirectoryInUse as error:
        raise BackupWhileRunning(what=f"{error.data['what']} (pid {error.data['pid']})") from error
    finally:
        servers.stop()
