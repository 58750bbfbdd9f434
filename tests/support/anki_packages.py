"""Packages of Anki made for tests: with ``genanki`` in the old form, and from that in the newest one, which genanki
does not write: zstd, a schema of tables instead of JSON, and Protocol Buffers."""

import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import genanki
import zstandard

BASIC = genanki.Model(
    1607392319,
    "Basic",
    fields=[{"name": "Front"}, {"name": "Back"}],
    templates=[{"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}],
)
REVERSED = genanki.Model(
    1607392320,
    "Basic (and reversed card)",
    fields=[{"name": "Front"}, {"name": "Back"}],
    templates=[
        {"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"},
        {"name": "Card 2", "qfmt": "{{Back}}", "afmt": "{{FrontSide}}<hr id=answer>{{Front}}"},
    ],
)
TYPED = genanki.Model(
    1607392321,
    "Basic (type in the answer)",
    fields=[{"name": "Front"}, {"name": "Back"}],
    templates=[
        {
            "name": "Card 1",
            "qfmt": "{{Front}}\n\n{{type:Back}}",
            "afmt": "{{Front}}\n\n<hr id=answer>\n\n{{type:Back}}",
        }
    ],
)
CLOZE = genanki.Model(
    1607392322,
    "Cloze",
    fields=[{"name": "Text"}, {"name": "Extra"}],
    templates=[{"name": "Cloze", "qfmt": "{{cloze:Text}}", "afmt": "{{cloze:Text}}<br>{{Extra}}"}],
    model_type=genanki.Model.CLOZE,
)


def note(model: genanki.Model, *fields: str, guid: str | None = None, tags: Sequence[str] = ()) -> genanki.Note:
    return genanki.Note(model=model, fields=list(fields), guid=guid, tags=list(tags))


def deck(name: str, *notes: genanki.Note, number: int = 2059400110) -> genanki.Deck:
    made = genanki.Deck(number, name)
    for each in notes:
        made.add_note(each)
    return made


def package(*decks: genanki.Deck, media: Mapping[str, bytes] | None = None) -> bytes:
    """In the form of ``collection.anki2``."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, content in (media or {}).items():
            file = Path(folder) / name
            file.write_bytes(content)
            files.append(str(file))
        written = Path(folder) / "made.apkg"
        genanki.Package(list(decks), media_files=files).write_to_file(str(written))
        return written.read_bytes()


def parts_of(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(made: bytes, *statements: str, name: str = "collection.anki2") -> bytes:
    """With statements run on its tables."""
    parts = parts_of(made)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection"
        path.write_bytes(parts[name])
        database = sqlite3.connect(path)
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.close()
        return zipped({**parts, name: path.read_bytes()})


def new_form(made: bytes) -> bytes:
    """A package in the form of ``collection.anki21b`` with what ``made`` has, and the old collection that only asks to
    update Anki beside it."""
    parts = parts_of(made)
    names = json.loads(parts["media"])
    numbers = sorted(names, key=int)
    entries = b"".join(_field(1, _field(1, names[number].encode())) for number in numbers)
    return zipped(
        {
            "meta": _field_of_number(1, 3),
            "collection.anki21b": zstandard.compress(_schema_18(parts["collection.anki2"])),
            "collection.anki2": dummy(),
            "media": zstandard.compress(entries),
            **{str(place): zstandard.compress(parts[number]) for place, number in enumerate(numbers)},
        }
    )


def dummy() -> bytes:
    """The old collection of a newer package."""
    return parts_of(package(deck("Default", note(BASIC, "Please update to the latest Anki version.", ""))))[
        "collection.anki2"
    ]


def _schema_18(collection: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection"
        path.write_bytes(collection)
        database = sqlite3.connect(path)
        database.create_collation(
            "unicase", lambda one, other: (one.lower() > other.lower()) - (one.lower() < other.lower())
        )
        models, decks = (json.loads(text) for text in database.execute("select models, decks from col").fetchone())
        for statement in (
            "create table notetypes (id integer primary key, name text collate unicase, mtime_secs, usn, config blob)",
            "create table fields (ntid, ord, name text collate unicase, config blob, primary key (ntid, ord)) "
            "without rowid",
            "create table templates (ntid, ord, name text collate unicase, mtime_secs, usn, config blob, "
            "primary key (ntid, ord)) without rowid",
            "create table decks (id integer primary key, name text collate unicase, mtime_secs, usn, common, kind)",
            "create table config (key text primary key, usn, mtime_secs, val blob) without rowid",
            "create unique index idx_fields_name_ntid on fields (name, ntid)",
            "update col set ver = 18, models = '', decks = '', conf = ''",
        ):
            database.execute(statement)
        database.execute("insert into config values ('schedVer', 0, 0, ?)", (b"2",))
        for model in models.values():
            _add_type(database, model)
        for number, each in decks.items():
            name = each["name"].replace("::", "\x1f")
            database.execute("insert into decks values (?, ?, 0, 0, x'', x'')", (int(number), name))
        database.commit()
        database.close()
        return path.read_bytes()


def _add_type(database: sqlite3.Connection, model: Mapping[str, Any]) -> None:
    number = int(model["id"])
    kind = _field_of_number(1, model["type"]) if model["type"] else b""
    database.execute("insert into notetypes values (?, ?, 0, 0, ?)", (number, model["name"], kind))
    for place, each in enumerate(model["flds"]):
        database.execute("insert into fields values (?, ?, ?, x'')", (number, place, each["name"]))
    for place, each in enumerate(model["tmpls"]):
        config = _field(1, each["qfmt"].encode()) + _field(2, each["afmt"].encode())
        database.execute("insert into templates values (?, ?, ?, 0, 0, ?)", (number, place, each["name"], config))


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _field_of_number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def collection_of(made: bytes, name: str = "collection.anki2") -> list[tuple[Any, ...]]:
    """The notes of a package, as its tables have them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection"
        path.write_bytes(parts_of(made)[name])
        database = sqlite3.connect(path)
        rows = database.execute("select guid, flds, tags from notes order by id").fetchall()
        database.close()
        return cast("list[tuple[Any, ...]]", rows)
