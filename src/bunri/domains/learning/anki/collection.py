"""The tables of an Anki collection, in its old form (schema 11, descriptions in JSON) and its new one (schema 18).

They come from a stranger: nothing but plain reads of a few tables is allowed, so that no view, trigger, function or
attached file of theirs does anything.
"""

import sqlite3
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import orjson

from bunri.domains.learning.anki.limits import ReadingLimits
from bunri.domains.learning.anki.wire import number_of, text_of
from bunri.domains.learning.errors import CollectionBroken, PackageTooLarge, UnsafePackage

SEPARATOR: Final = "\x1f"
"""Between the fields of a note, and in new collections between the parts of a deck's name."""
_TABLES: Final = frozenset(
    {"col", "notes", "cards", "revlog", "decks", "notetypes", "fields", "templates", "config", "sqlite_master"}
)
_NEEDED: Final = frozenset({"col", "notes", "cards", "revlog"})
_CLOZE: Final = 1


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    front: str
    back: str


@dataclass(frozen=True, slots=True)
class NoteType:
    name: str
    is_cloze: bool
    fields: tuple[str, ...]
    templates: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Note:
    id: int
    guid: str
    type: NoteType
    tags: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnkiReview:
    """``at`` in milliseconds since 1970, ``seconds`` that it took; ``button`` 1 to 4, 0 when nothing was pressed;
    ``kind``: 0 learning, 1 review, 2 relearning, 3 out of turn, 4 by hand."""

    at: int
    button: int
    interval: int
    factor: int
    seconds: float
    kind: int


@dataclass(frozen=True, slots=True)
class AnkiCard:
    """``kind``: 0 new, 1 learning, 2 review, 3 relearning; ``queue`` -1: suspended. ``due``: of a card in review the
    day, counted from the collection's first; ``factor`` in thousandths; ``data``: JSON."""

    note: Note
    ord: int
    deck: str
    kind: int
    queue: int
    due: int
    interval: int
    factor: int
    lapses: int
    data: str
    reviews: tuple[AnkiReview, ...]


class Collection:
    """Raises UnsafePackage, CollectionBroken, PackageTooLarge."""

    def __init__(self, path: Path, limits: ReadingLimits) -> None:
        self._limits = limits
        try:
            self._database = _opened(path, limits)
        except sqlite3.Error as error:
            raise CollectionBroken from error
        try:
            with _understood():
                self._check()
                self._tables = {row[0] for row in self._rows("select name from sqlite_master where type = 'table'")}
                self.begins_at, self._schema = self._first("select crt, ver from col")
                self._is_new = "notetypes" in self._tables
                self.decks = dict(self._decks())
                self._types = dict(self._note_types())
                self._old_buttons = self._scheduler() < 2
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._database.close()

    @property
    def count(self) -> int:
        with _understood():
            return int(self._first("select count(*) from cards")[0])

    def cards(self) -> Iterator[AnkiCard]:
        """Those of one note one after the other. Raises CollectionBroken, PackageTooLarge."""
        with _understood():
            if self.count > self._limits.cards or self._first("select count(*) from notes")[0] > self._limits.notes:
                raise PackageTooLarge
            log = self._log()
            notes = self._notes()
            note = next(notes, None)
            for row in self._rows(
                "select id, nid, did, odid, ord, type, queue, due, odue, ivl, factor, lapses, data from cards "
                "order by nid, ord, id"
            ):
                card_id, note_id, deck, home, order, kind, queue, due, home_due, *rest = row
                while note and note.id < note_id:
                    note = next(notes, None)
                if note is None or note.id != note_id or not 0 <= order < 2**16:
                    continue
                interval, factor, lapses, data = rest
                name = self.decks.get(home or deck, "")
                reviews = tuple(_reviews(log.get(card_id)))
                due = home_due if home and home_due else due
                yield AnkiCard(note, order, name, kind, queue, due, interval, factor, lapses, _text(data), reviews)

    # ── reads ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        return iter(self._database.execute(statement))

    def _first(self, statement: str) -> tuple[Any, ...]:
        row = next(self._rows(statement), None)
        if row is None:
            raise CollectionBroken
        return row

    def _check(self) -> None:
        """What we read from are tables: no view, and none that a module makes up."""
        found = {}
        for name, kind, sql in self._rows("select name, type, sql from sqlite_master"):
            found[str(name).lower()] = kind
            virtual = "virtual" in _text(sql)[:200].lower().split()
            if str(name).lower() in _TABLES and (kind != "table" or virtual):
                raise UnsafePackage
        if not found.keys() >= _NEEDED:
            raise CollectionBroken

    def _decks(self) -> Iterator[tuple[int, str]]:
        if "decks" in self._tables:
            for number, name in self._rows("select id, name from decks"):
                yield number, _text(name).replace(SEPARATOR, "::")
            return
        for number, deck in _object(self._first("select decks from col")[0]).items():
            if isinstance(deck, dict):
                yield int(number), _text(deck.get("name"))

    def _scheduler(self) -> int:
        """Which of Anki's schedulers wrote the log: the first one had three buttons for cards being learned."""
        if "config" in self._tables:
            found = [value for key, value in self._rows("select key, val from config") if key == "schedVer"]
            version = orjson.loads(found[0]) if found else 1
        else:
            version = _object(self._first("select conf from col")[0]).get("schedVer", 1)
        return version if isinstance(version, int) else 1

    def _note_types(self) -> Iterator[tuple[int, NoteType]]:
        if not self._is_new:
            for number, model in _object(self._first("select models from col")[0]).items():
                yield int(number), _of_json(model)
            return
        names: dict[int, list[str]] = {}
        for number, name in self._rows("select ntid, name from fields order by ntid, ord"):
            names.setdefault(number, []).append(_text(name))
        templates: dict[int, list[Template]] = {}
        for number, name, config in self._rows("select ntid, name, config from templates order by ntid, ord"):
            made = Template(_text(name), text_of(config, 1), text_of(config, 2))
            templates.setdefault(number, []).append(made)
        for number, name, config in self._rows("select id, name, config from notetypes"):
            is_cloze = number_of(config, 1) == _CLOZE
            yield (
                number,
                NoteType(_text(name), is_cloze, tuple(names.get(number, ())), tuple(templates.get(number, ()))),
            )

    def _notes(self) -> Iterator[Note]:
        """Those of a type that is there, by their ids."""
        for number, guid, kind, tags, values in self._rows("select id, guid, mid, tags, flds from notes order by id"):
            if kind in self._types:
                fields = tuple(_text(values).split(SEPARATOR))
                yield Note(number, _text(guid), self._types[kind], tuple(_text(tags).split()), fields)

    def _log(self) -> dict[int, "array[int]"]:
        """Six numbers a review, by card, in the order of their times."""
        if self._first("select count(*) from revlog")[0] > self._limits.reviews:
            raise PackageTooLarge
        found: dict[int, array[int]] = {}
        for card, *review in self._rows("select cid, id, ease, ivl, factor, time, type from revlog order by id"):
            if all(isinstance(number, int) for number in review):
                if self._old_buttons and review[5] in (0, 2) and review[1] in (2, 3):
                    review[1] += 1
                found.setdefault(card, array("q")).extend(review)
        return found


def _reviews(log: "array[int] | None") -> Iterator[AnkiReview]:
    for at in range(0, len(log or ()), 6):
        when, button, interval, factor, milliseconds, kind = (log or ())[at : at + 6]
        yield AnkiReview(when, button, interval, factor, milliseconds / 1000, kind)


@contextmanager
def _understood() -> Iterator[None]:
    """What goes wrong in here means that the tables are broken."""
    try:
        yield
    except sqlite3.Error as error:
        if "too big" in str(error):
            raise PackageTooLarge from error
        if "prohibited" in str(error) or "not authorized" in str(error):
            raise UnsafePackage from error
        raise CollectionBroken from error
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise CollectionBroken from error


def _opened(path: Path, limits: ReadingLimits) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    database.text_factory = lambda value: value.decode("utf-8", "replace")
    database.create_collation("unicase", _unicase)
    for pragma in ("trusted_schema = off", "cell_size_check = on", "query_only = on", "temp_store = memory"):
        database.execute(f"pragma {pragma}")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.row)
    database.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 100_000)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1)
    database.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 100)
    database.set_authorizer(_authorised)
    return database


def _authorised(action: int, first: str | None, second: str | None, _: str | None, inner: str | None) -> int:
    """Plain reads of the tables; ``inner`` names a view or trigger that wants something."""
    if inner is not None:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_SELECT:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and str(first).lower() in _TABLES:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_OK if second == "count" else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_DENY


def _unicase(one: str, other: str) -> int:
    """Anki's order of names, which its indexes use."""
    one, other = one.casefold(), other.casefold()
    return (one > other) - (one < other)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _object(value: object) -> Mapping[str, Any]:
    found = orjson.loads(value) if isinstance(value, str | bytes) else None
    if not isinstance(found, dict):
        raise CollectionBroken
    return found


def _of_json(model: Mapping[str, Any]) -> NoteType:
    templates = sorted(model.get("tmpls", ()), key=lambda each: each.get("ord", 0))
    names = sorted(model.get("flds", ()), key=lambda each: each.get("ord", 0))
    return NoteType(
        _text(model.get("name")),
        model.get("type") == _CLOZE,
        tuple(_text(each.get("name")) for each in names),
        tuple(
            Template(_text(each.get("name")), _text(each.get("qfmt")), _text(each.get("afmt"))) for each in templates
        ),
    )
