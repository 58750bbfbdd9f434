"""An embedded PostgreSQL with the product's tables, for filling with millions of rows."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import numpy as np
from numpy.typing import NDArray

from bench.paths import workplace
from bunri.platform.db import Database
from bunri.platform.db.address import login_address, owner_address
from bunri.platform.db.migrate import Schema, migrate
from bunri.platform.embedded import EmbeddedServers

_SECRET: Final = "bench: nothing outside this machine can reach it"
_CHUNK: Final = 500_000


@asynccontextmanager
async def migrated(domain: str) -> AsyncIterator[tuple[asyncpg.Connection, Database]]:
    """A fresh server with the schema of ``domain``: the owner's connection, and the database with the domain's role."""
    with workplace() as folder:
        servers = EmbeddedServers(folder / "data", valkey=False, what="bench")
        try:
            url = servers.start().database_url
            assert url
            await migrate(owner_address(url), [Schema(domain, f"bunri.domains.{domain}.migrations")], _SECRET)
            owner, database = await asyncpg.connect(url), Database(login_address(url, _SECRET))
            try:
                yield owner, database
            finally:
                await owner.close()
                await database.dispose()
        finally:
            servers.stop()


@asynccontextmanager
async def without_indexes(owner: asyncpg.Connection, table: str) -> AsyncIterator[None]:
    """Drops indexes and foreign keys of ``table`` while the block fills it, and makes them again afterwards."""
    await owner.execute("set maintenance_work_mem = '512MB'; set synchronous_commit = off")
    rows = await owner.fetch(_REMOVABLE, table)
    for row in rows:
        await owner.execute(row["removes"])
    yield
    for row in rows:
        await owner.execute(row["makes"])
    await owner.execute(f"vacuum analyze {table}")


# Keys that another table refers to stay: dropping them would drop that table's foreign keys too.
_REMOVABLE: Final = """
select format('alter table %s drop constraint %I', conrelid::regclass, conname) as removes,
    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as makes
from pg_constraint as own
where conrelid = $1::regclass and contype in ('f', 'p', 'u')
    and (contype = 'f' or not exists (select from pg_constraint as other where other.confrelid = own.conrelid))
union all
select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid) from pg_index
where indrelid = $1::regclass and indexrelid not in (select conindid from pg_constraint)
"""


async def copy(owner: asyncpg.Connection, schema: str, table: str, columns: Mapping[str, NDArray[Any] | bytes]) -> None:
    """Appends rows by binary COPY. A column is an array of numbers (big-endian as PostgreSQL wants them), an array of
    byte strings of one length (n × length of uint8), or one byte string for all."""
    arrays = {name: values if isinstance(values, bytes) else _flat(values) for name, values in columns.items()}
    fields: list[tuple[str, str]] = [("columns", ">i2")]
    for name, values in arrays.items():
        fields += [(f"{name} length", ">i4"), (name, f"S{len(values)}" if isinstance(values, bytes) else _type(values))]
    count = next(len(values) for values in arrays.values() if not isinstance(values, bytes))

    async def encoded() -> AsyncIterator[bytes]:
        yield b"PGCOPY\n\xff\r\n\0" + bytes(8)
        for start in range(0, count, _CHUNK):
            rows = np.empty(min(_CHUNK, count - start), fields)
            rows["columns"] = len(arrays)
            for name, values in arrays.items():
                rows[f"{name} length"] = rows.dtype[name].itemsize
                rows[name] = values if isinstance(values, bytes) else values[start : start + _CHUNK]
            yield rows.tobytes()
        yield b"\xff\xff"

    await owner.copy_to_table(table, schema_name=schema, columns=list(arrays), source=encoded(), format="binary")


def _flat(values: NDArray[Any]) -> NDArray[Any]:
    """n × length of bytes as n byte strings."""
    if values.ndim == 1:
        return values
    return np.ascontiguousarray(values).view(f"S{values.shape[1]}").ravel()


def _type(values: NDArray[Any]) -> str:
    return str(values.dtype.newbyteorder(">").str)
