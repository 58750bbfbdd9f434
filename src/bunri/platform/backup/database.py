"""The database as a backup reads it, as the domains' own roles, and as a restore fills it, as its owner.

All dumps and all counts are of one snapshot (``pg_export_snapshot``), so they belong together whatever is written
meanwhile. Who takes them logs in as ``bunri_login`` and needs no right that a worker has not.
"""

import asyncio
import subprocess
import tempfile
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self, TypeVar

import asyncpg
from sqlalchemy.engine import URL

from bunri.platform.backup.errors import BackupProgramFailed, BackupUnderWay, BackupWhileRunning
from bunri.platform.backup.manifest import SchemaManifest
from bunri.platform.backup.programs import Running, program, reachable, stream
from bunri.platform.db import DatabaseUnavailable
from bunri.platform.db.address import LOGIN_ROLE, role_of

T = TypeVar("T")

_LOCK: Final = 0x6261636B7570
"""“backup”: two backups of one database at once would only slow each other down."""
_TABLES: Final = """
    select relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = $1 and relkind in ('r', 'p') and not relispartition order by relname
"""
_WAIT_FOR_LOCKS_MS: Final = 15_000
_COMPLETE: Final = "set bunri.restored = 'completely';"
_CHECK_COMPLETE: Final = """\
do $$ begin
  if current_setting('bunri.restored', true) is distinct from 'completely' then
    raise exception 'what was to be restored ended early';
  end if;
end $$;"""
"""psql takes the end of its input for the end of the work and commits. Where whoever feeds it is killed, this keeps it
from doing so with the half of it."""


class Snapshot:
    """One moment of the database at ``login``, of the login role. To be used as a context; until it ends, what was
    deleted since is kept by PostgreSQL."""

    def __init__(self, login: URL) -> None:
        self._login = login
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._connection: Any = None
        self.id = ""
        self.taken_at = datetime.now(UTC)
        self.postgres = ""

    def __enter__(self) -> Self:
        try:
            self._runner.run(self._begin())
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._connection:
            self._connection.terminate()
        self._runner.close()

    async def _begin(self) -> None:
        connection = self._connection = await connect(self._login)
        if not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):
            raise BackupUnderWay
        # It may stay open for hours, between two counts.
        await connection.execute("set idle_in_transaction_session_timeout = 0")
        await connection.execute("begin isolation level repeatable read, read only")
        self.id, self.taken_at, self.postgres = await connection.fetchrow(
            "select pg_export_snapshot(), now(), current_setting('server_version')"
        )

    def dump(self, schema: str, to: IO[bytes]) -> None:
        """The schema in pg_dump's custom format, compressed. Raises BackupProgramFailed, and what ``to`` raises."""
        url, env = reachable(self._login)
        options = ["--format=custom", f"--role={role_of(schema)}", f"--schema={schema}", f"--snapshot={self.id}"]
        stream([program("pg_dump"), *options, f"--dbname={url}"], env, to)

    def describe(self, schema: str) -> SchemaManifest:
        """Its newest migration, and the rows of each table."""
        return self._runner.run(self._describe(schema))

    def release(self) -> None:
        """PostgreSQL need not keep that moment any longer. Other backups still have to wait."""
        self._runner.run(self._connection.execute("commit"))

    async def _describe(self, schema: str) -> SchemaManifest:
        await self._connection.execute(f"set local role {role_of(schema)}")
        return await described(self._connection, schema)


async def connect(url: URL) -> Any:
    """asyncpg's connection. Raises DatabaseUnavailable."""
    try:
        return await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise DatabaseUnavailable from error


async def described(connection: Any, schema: str) -> SchemaManifest:
    """Names of schemas and tables are ours, so they are safe to write into SQL."""
    revision = await connection.fetchval(f"select version_num from {schema}.alembic_version")  # noqa: S608
    tables = [row[0] for row in await connection.fetch(_TABLES, schema)]
    rows = {
        table: await connection.fetchval(f'select count(*) from {schema}."{table}"')  # noqa: S608
        for table in tables
    }
    return SchemaManifest(revision=revision, rows=rows)


# ── as the owner ──────────────────────────────────────────────────────────────────────────────────────────────────────


def rows_of(owner: URL, schemas: Sequence[str]) -> dict[str, SchemaManifest]:
    """What there is of ``schemas`` in a database; one without migrations is left out."""

    async def look() -> dict[str, SchemaManifest]:
        async with _opened(owner) as connection:
            there = [
                schema
                for schema in schemas
                if await connection.fetchval("select to_regclass($1)", f"{schema}.alembic_version")
            ]
            return {schema: await described(connection, schema) for schema in there}

    return _run(look())


def check_nobody_works(owner: URL) -> None:
    """Raises BackupWhileRunning where a process of bunri has a connection to the database."""

    async def count() -> int:
        query = "select count(*) from pg_stat_activity where datname = current_database() and usename = $1"
        async with _opened(owner) as connection:
            found: int = await connection.fetchval(query, LOGIN_ROLE)
            return found

    if connections := _run(count()):
        raise BackupWhileRunning(what=f"{connections} × {LOGIN_ROLE}")


def ask(owner: URL, query: str) -> Any:
    """The first column of the first row."""

    async def asked() -> Any:
        async with _opened(owner) as connection:
            return await connection.fetchval(query)

    return _run(asked())


class _opened:  # noqa: N801  # a context, as functions with @asynccontextmanager are
    def __init__(self, url: URL) -> None:
        self._url = url

    async def __aenter__(self) -> Any:
        self._connection = await connect(self._url)
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()


def _run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(work)


def load(owner: URL, dumps: Mapping[str, Path], *, drop: Sequence[str]) -> None:
    """Puts the dumps of schemas in the place of the schemas ``drop``, in one transaction: all of it or nothing.

    The roles must be there. Raises BackupWhileRunning where somebody holds a table, and BackupProgramFailed.
    """
    url, env = reachable(owner)
    with tempfile.TemporaryDirectory() as scratch:
        before, after = Path(scratch, "before.sql"), Path(scratch, "after.sql")
        before.write_text("\n".join([f"set lock_timeout = {_WAIT_FOR_LOCKS_MS};", *map(_dropped, drop)]) + "\n")
        after.write_text("\n".join([_CHECK_COMPLETE, *(line for schema in dumps for line in _granted(schema))]) + "\n")
        files = [part for file in (before, "-", after) for part in ("-f", str(file))]
        options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        with Running([program("psql"), *options, *files, f"--dbname={url}"], env, stdin=subprocess.PIPE) as psql:
            try:
                for dump in dumps.values():
                    _feed(dump, psql)
                assert psql.process.stdin  # noqa: S101
                psql.process.stdin.write(f"\n{_COMPLETE}\n".encode())
                psql.process.stdin.close()
                psql.check()
            except (BackupProgramFailed, BrokenPipeError) as error:
                psql.process.wait()
                failure = psql.failure() if psql.process.returncode else error
                if "lock timeout" in str(failure):
                    raise BackupWhileRunning(what="PostgreSQL: lock timeout") from error
                raise failure from error


def _feed(dump: Path, psql: Running) -> None:
    """Where reading the dump fails, psql is killed: at the end of its input it would commit what it has."""
    restore = [program("pg_restore"), "--no-owner", "--no-acl", "--file=-", str(dump)]
    with Running(restore, {"LC_ALL": "C.UTF-8"}, stdout=psql.process.stdin) as running:
        running.process.wait()
        if running.process.returncode and psql.process.poll() is None:
            psql.process.kill()
        if running.process.returncode:
            raise running.failure()


def _dropped(schema: str) -> str:
    return f"drop schema if exists {schema} cascade;"


def _granted(schema: str) -> tuple[str, ...]:
    """As db.migrate gives it for tables that it makes."""
    role = role_of(schema)
    return (
        f"grant usage on schema {schema} to {role};",
        f"grant select, insert, update, delete on all tables in schema {schema} to {role};",
        f"grant usage, select on all sequences in schema {schema} to {role};",
    )


@contextmanager
def scratch_folder(near: Path, prefix: str) -> Iterator[Path]:
    """A folder of this process alone, which goes with the block."""
    near.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=near) as folder:
        yield Path(folder)
