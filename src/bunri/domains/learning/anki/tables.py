"""Cards in a table: CSV or TSV, in the encodings that Korean spreadsheets write, with a first line of names or without.
Anki's notes in plain text have lines that begin with ``#`` before it (docs.ankiweb.net, "Text Files")."""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import orjson

from bunri.domains.learning.anki.brought import BroughtCard
from bunri.domains.learning.anki.cards import LONGEST_LINE, one_line
from bunri.domains.learning.anki.limits import LIMITS, LONGEST_SIDE
from bunri.domains.learning.anki.markdown import markdown_of
from bunri.domains.learning.anki.report import Report
from bunri.domains.learning.errors import NotATable
from bunri.domains.learning.records import Card, CardKind, Origin

COLUMNS: Final = ("key", "kind", "front", "back", "choices", "accepted", "tags")
"""Of what we write ourselves."""
_NAMES: Final = {
    "front": ("front", "question", "앞면", "앞", "질문", "문제", "단어"),
    "back": ("back", "answer", "뒷면", "뒤", "답", "정답", "뜻"),
    "kind": ("kind", "종류"),
    "choices": ("choices", "보기"),
    "accepted": ("accepted", "다른 답"),
    "tags": ("tags", "tag", "태그"),
    "key": ("key", "guid", "id"),
    "deck": ("deck", "묶음"),
}
_SEPARATORS: Final = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " ", "colon": ":"}
_LIST: Final = "; "
"""Between several answers in one cell."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula when a cell begins with it (OWASP, "CSV Injection")."""


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.startswith("'") else cell


def unguarded(cell: str) -> str:
    """What ``guarded`` was given."""
    return cell[1:] if cell[:1] == "'" and (cell[1:].startswith(_FORMULA) or cell[1:2] == "'") else cell


def header() -> str:
    """The first line of a table that we write. With its mark, spreadsheets know that it is UTF-8."""
    return "\ufeff" + _line(COLUMNS)


def row_of(card: Card) -> str:
    """A line of a table that we write."""
    key = card.origin_id if card.origin == Origin.IMPORT and card.origin_id else str(card.id)
    lists = [_joined(each) for each in (card.choices, card.accepted)]
    return _line([guarded(cell) for cell in (key, str(card.kind), card.front, card.back, *lists, " ".join(card.tags))])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _joined(several: Sequence[str]) -> str:
    if any(";" in each or each.startswith("[") for each in several):
        return orjson.dumps(list(several)).decode()
    return _LIST.join(several)


@dataclass(slots=True)
class _Layout:
    """Where what stands; ``columns``: from 0, by the names of ``_NAMES``."""

    separator: str | None = None
    html: bool = False
    columns: dict[str, int] = field(default_factory=dict)
    guarded: bool = False
    """We wrote it ourselves."""


def decoded(data: bytes) -> str:
    """In UTF-8, UTF-16 or CP949, whichever it is. Raises NotATable."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _strictly(data, encoding)
    zeros = data[:2000].count(0)
    if zeros > len(data[:2000]) // 5:
        return _strictly(data, "utf-16-be" if data[:1] == b"\0" else "utf-16-le")
    try:
        return _strictly(data, "utf-8")
    except NotATable:
        return _strictly(data, "cp949")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotATable from error
    start = text[:200].lstrip().lower()
    if "\x00" in text or start.startswith(("<!doctype", "<html", "pk\3\4", "%pdf")) or not start:
        raise NotATable
    return text


def count_of(data: bytes) -> int:
    """How many cards there may be, for a report of progress."""
    return data.count(b"\n") + 1


def cards_of_table(data: bytes, report: Report) -> Iterator[BroughtCard]:
    """Raises NotATable."""
    text = unicodedata.normalize("NFC", decoded(data))
    csv.field_size_limit(LIMITS.side)
    layout, text = _with_directives(text)
    separator = layout.separator or _separator(text)
    rows = _rows(text, separator)
    seen: dict[str, int] = {}
    first = next(rows, None)
    if first is None:
        raise NotATable
    named = _named(first)
    if named:
        layout.columns = named
        layout.guarded = tuple(cell.strip().lower() for cell in first) == COLUMNS
    else:
        layout.columns = {**_in_order(len(first), layout.columns), **layout.columns}
        yield from _card(first, layout, seen, report)
    for row in rows:
        yield from _card(row, layout, seen, report)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False):
            if any(cell.strip() for cell in row):
                yield row
    except csv.Error as error:
        raise NotATable from error


def _with_directives(text: str) -> tuple[_Layout, str]:
    layout = _Layout()
    while found := re.match(r"#([a-z ]+):([^\n]*)\n", text):
        name, value = found[1].strip(), found[2].strip()
        if name == "separator":
            layout.separator = _SEPARATORS.get(value.lower(), value[:1] or None)
        elif name == "html":
            layout.html = value.lower() == "true"
        elif name.endswith(" column") and value.isdecimal():
            layout.columns[{"guid": "key"}.get(name[:-7], name[:-7])] = int(value) - 1
        text = text[found.end() :]
    return layout, text


def _separator(text: str) -> str:
    """The one that divides most of the first lines."""
    start = "\n".join(text[:100_000].split("\n")[:50])

    def divided(separator: str) -> int:
        try:
            return sum(len(row) > 1 for row in csv.reader(io.StringIO(start, newline=""), delimiter=separator))
        except csv.Error:
            return 0

    return max("\t,;|", key=divided)


def _named(row: Sequence[str]) -> dict[str, int]:
    """Where the columns are, when ``row`` has their names."""
    cells = [cell.strip().lower() for cell in row]
    found = {name: cells.index(word) for name, words in _NAMES.items() for word in reversed(words) if word in cells}
    return found if {"front", "back"} <= found.keys() else {}


def _in_order(width: int, taken: dict[str, int]) -> dict[str, int]:
    free = [place for place in range(width) if place not in taken.values()]
    return dict(zip(("front", "back", "tags") if "tags" not in taken else ("front", "back"), free, strict=False))


def _card(row: list[str], layout: _Layout, seen: dict[str, int], report: Report) -> Iterator[BroughtCard]:
    cells = [unguarded(cell) if layout.guarded else cell for cell in row]
    get = {name: cells[place].strip() for name, place in layout.columns.items() if place < len(cells)}
    sides = [_side(get.get(name, ""), layout, report) for name in ("front", "back")]
    if not all(sides):
        report.add("row_short", " ".join(row))
        return
    if any(len(side) > LONGEST_SIDE for side in sides):
        report.add("too_long", sides[0])
    key = get.get("key") or _key_of(sides[0], seen)
    choices, accepted = _listed(get.get("choices", "")), _listed(get.get("accepted", ""))
    yield BroughtCard(
        deck=one_line(get.get("deck", "").partition("::")[0]),
        key=key[:100],
        note=key[:100],
        kind=_kind(get.get("kind", ""), choices, sides[1]),
        front=sides[0][:LONGEST_SIDE],
        back=sides[1][:LONGEST_SIDE],
        choices=choices[:6],
        accepted=accepted[:20],
        tags=[tag[:40] for tag in dict.fromkeys(re.split(r"[\s,]+", get.get("tags", ""))) if tag][:20],
    )


def _side(text: str, layout: _Layout, report: Report) -> str:
    if not layout.html:
        return text
    written = markdown_of(text)
    for name in written.lost | ({"picture_missing"} if written.pictures else set()):
        report.add(name, text)
    return re.sub(r"!\[([^\]]*)\]\(media:#\d+\)", r"\1", written.text).strip()


def _key_of(front: str, seen: dict[str, int]) -> str:
    """A row is known by its front; the second one with the same front is another card."""
    digest = hashlib.sha256(" ".join(front.split()).encode()).hexdigest()[:40]
    seen[digest] = seen.get(digest, 0) + 1
    return digest if seen[digest] == 1 else f"{digest}:{seen[digest]}"


def _listed(cell: str) -> list[str]:
    if cell.startswith("["):
        with suppress(orjson.JSONDecodeError):
            return [str(each)[:LONGEST_LINE] for each in orjson.loads(cell) if str(each).strip()]
    return [each for each in dict.fromkeys(part.strip()[:LONGEST_LINE] for part in cell.split(_LIST.strip())) if each]


def _kind(cell: str, choices: Sequence[str], back: str) -> CardKind:
    try:
        kind = CardKind(cell.lower())
    except ValueError:
        kind = CardKind.CHOICE if choices else CardKind.FLIP
    fits = 2 <= len(choices) <= 6 and back in choices
    return kind if kind != CardKind.CHOICE or fits else CardKind.FLIP
