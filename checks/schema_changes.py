"""What a migration takes away from the version before it, which still runs while processes are replaced.

Read from PostgreSQL's own catalogue before and after, so that it does not matter how the migration was written
(docs/operations/upgrade.md).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Connection, text


class Column(NamedTuple):
    type: str
    required: bool
    """Not null."""
    filled: bool
    """There is a default, or the server makes its value."""


class Rule(NamedTuple):
    """A constraint of a table."""

    table: str
    kind: str
    """``c``heck, ``f``oreign key, e``x``clusion, or ``u``nique, also of an index."""
    words: str
    columns: frozenset[str]
    """Empty where they are not known, as of expressions."""


@dataclass(frozen=True)
class Shape:
    """A schema as statements meet it."""

    tables: Mapping[str, Mapping[str, Column]]
    rules: frozenset[Rule]
    functions: frozenset[str]


def shape_of(connection: Connection, schema: str) -> Shape:
    """Of everything in ``schema`` but Alembic's own table."""
    tables: dict[str, dict[str, Column]] = {}
    for row in _rows(connection, _COLUMNS, schema):
        tables.setdefault(row.table, {})[row.name] = Column(row.type, row.required, row.filled)
    rules = {_rule(row) for row in _rows(connection, _CONSTRAINTS, schema)}
    rules |= {_rule(row) for row in _rows(connection, _UNIQUE_INDEXES, schema)}
    return Shape(tables, frozenset(rules), frozenset(row.words for row in _rows(connection, _FUNCTIONS, schema)))


def taken_away(before: Shape, after: Shape) -> Iterator[str]:
    """A sentence for each thing that statements of the version before may rely on."""
    for table, columns in before.tables.items():
        if table not in after.tables:
            yield f"{table} is gone"
            continue
        yield from _of_columns(table, columns, after.tables[table])
    yield from (f"the function {each} is gone" for each in sorted(before.functions - after.functions))
    yield from _of_rules(before, after)


def _of_columns(table: str, before: Mapping[str, Column], after: Mapping[str, Column]) -> Iterator[str]:
    for name, column in before.items():
        now = after.get(name)
        if now is None:
            yield f"{table}.{name} is gone"
        elif now.type != column.type:
            yield f"{table}.{name} is {now.type}, and was {column.type}"
        elif now.required and not column.required:
            yield f"{table}.{name} must not be null any more"
        elif now.required and column.filled and not now.filled:
            yield f"{table}.{name} has no default any more"
    for name in after.keys() - before.keys():
        if after[name].required and not after[name].filled:
            yield f"{table}.{name} is new and must be given"


def _of_rules(before: Shape, after: Shape) -> Iterator[str]:
    for rule in _in_order(after.rules - before.rules):
        old, now = before.tables.get(rule.table), after.tables[rule.table]
        new = rule.columns - set(old or ())
        alone = new == rule.columns and new and (rule.kind != "u" or not any(now[name].required for name in new))
        if old is not None and not alone:  # what only binds new columns, the version before leaves empty
            yield f"{rule.table} is bound by {rule.words}"
    for rule in _in_order(before.rules - after.rules):
        if rule.kind == "u" and rule.table in after.tables:  # on conflict (…) needs it
            yield f"{rule.table} lacks {rule.words}"


def _in_order(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: (rule.table, rule.words))


def _rule(row: Any) -> Rule:
    words = re.sub(r"UNIQUE INDEX \S+ ON \S+ USING \w+", "UNIQUE", row.words).removeprefix("CREATE ")
    return Rule(row.table, row.kind, words, frozenset(row.columns or ()))


def _rows(connection: Connection, question: str, schema: str) -> list[Any]:
    return cast("list[Any]", connection.execute(text(question), {"schema": schema}).all())


_COLUMNS: Final = """
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
        a.attnotnull as required, a.atthasdef or a.attidentity <> '' as filled
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = cast(:schema as regnamespace) and c.relkind in ('r', 'p', 'v', 'm')
        and c.relname <> 'alembic_version' and a.attnum > 0 and not a.attisdropped
    """
_CONSTRAINTS: Final = """
    select c.relname as table, r.contype::text as kind, pg_get_constraintdef(r.oid) as words, (
            select array_agg(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum = any(r.conkey)
        ) as columns
    from pg_constraint r join pg_class c on c.oid = r.conrelid
    where c.relnamespace = cast(:schema as regnamespace) and r.contype in ('c', 'f', 'x')
        and c.relname <> 'alembic_version'
    """
_UNIQUE_INDEXES: Final = """
    select c.relname as table, 'u' as kind, pg_get_indexdef(i.indexrelid) as words, (
            select array_agg(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum = any(i.indkey)
        ) as columns
    from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = cast(:schema as regnamespace) and i.indisunique and c.relname <> 'alembic_version'
    """
_FUNCTIONS: Final = """
    select oid::regprocedure::text as words from pg_proc where pronamespace = cast(:schema as regnamespace)
    """
