"""A deck as a package of Anki, in the form that every version of it opens: schema 11, names of pictures in JSON.

The tables and their columns are those of Anki's ``rslib/src/storage/schema11.sql``.
"""

import html
import json
import re
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from markdown_it import MarkdownIt

from bunri.domains.learning.anki.collection import SEPARATOR
from bunri.domains.learning.anki.own import FIELDS
from bunri.domains.learning.records import Card, CardKind, Review
from bunri.domains.learning.schedule import NEW, Happened, Memory, State

TYPES: Final = {
    "bunri": 1764460800001,
    "bunri both ways": 1764460800002,
    "bunri typed": 1764460800003,
    "bunri title": 1764460800004,
}
"""Numbers that are always the same, so that Anki knows the types of a second package."""
_ASKED: Final = "{{Front}}{{#Choices}}<br>{{Choices}}{{/Choices}}"
_TEMPLATES: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "bunri": ((_ASKED, "{{FrontSide}}<hr id=answer>{{Back}}"),),
    "bunri both ways": (
        ("{{Front}}", "{{FrontSide}}<hr id=answer>{{Back}}"),
        ("{{Back}}", "{{FrontSide}}<hr id=answer>{{Front}}"),
    ),
    "bunri typed": (("{{Front}}<br>{{type:Back}}", "{{Front}}<hr id=answer>{{type:Back}}"),),
    "bunri title": (("{{Back}}", "{{FrontSide}}<hr id=answer>{{Front}}"),),
}
_CSS: Final = ".card { font-family: sans-serif; font-size: 20px; text-align: center; } img { max-width: 100%; }"
_TABLES: Final = (
    "create table col (id integer primary key, crt integer not null, mod integer not null, scm integer not null, "
    "ver integer not null, dty integer not null, usn integer not null, ls integer not null, conf text not null, "
    "models text not null, decks text not null, dconf text not null, tags text not null)",
    "create table notes (id integer primary key, guid text not null, mid integer not null, mod integer not null, "
    "usn integer not null, tags text not null, flds text not null, sfld integer not null, csum integer not null, "
    "flags integer not null, data text not null)",
    "create table cards (id integer primary key, nid integer not null, did integer not null, ord integer not null, "
    "mod integer not null, usn integer not null, type integer not null, queue integer not null, due integer not null, "
    "ivl integer not null, factor integer not null, reps integer not null, lapses integer not null, "
    "left integer not null, odue integer not null, odid integer not null, flags integer not null, data text not null)",
    "create table revlog (id integer primary key, cid integer not null, usn integer not null, ease integer not null, "
    "ivl integer not null, lastIvl integer not null, factor integer not null, time integer not null, "
    "type integer not null)",
    "create table graves (usn integer not null, oid integer not null, type integer not null)",
    "create index ix_notes_usn on notes (usn)",
    "create index ix_cards_usn on cards (usn)",
    "create index ix_revlog_usn on revlog (usn)",
    "create index ix_cards_nid on cards (nid)",
    "create index ix_cards_sched on cards (did, queue, due)",
    "create index ix_revlog_cid on revlog (cid)",
    "create index ix_notes_csum on notes (csum)",
)
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough", "table"])
_PICTURE: Final = re.compile(r"\]\(media:([0-9a-f-]{36})\)")


@dataclass(frozen=True, slots=True)
class CardToWrite:
    """A card with what one person remembers of it, and its log."""

    card: Card
    memory: Memory = NEW
    suspended: bool = False
    log: Sequence[Review] = field(default_factory=tuple)


class PackageWriter:
    """Writes to ``path`` note by note. ``begins_on`` is the first day, which cards count theirs from; ``begins_at`` its
    first moment."""

    def __init__(self, path: Path, name: str, now: datetime, begins_on: date, begins_at: datetime) -> None:
        self._path = path
        self._now = int(now.timestamp())
        self._begins_on = begins_on
        self._folder = tempfile.TemporaryDirectory(prefix="bunri-export-")
        self._collection = Path(self._folder.name) / "collection"
        self._database = sqlite3.connect(self._collection, isolation_level=None, check_same_thread=False)
        self._zip = ZipFile(path, "w")
        self._deck = int(now.timestamp() * 1000)
        self._pictures: list[str] = []
        self._note_id = self._review_id = 0
        self._guids: set[str] = set()
        for statement in ("pragma journal_mode = off", "pragma synchronous = off", *_TABLES, "begin"):
            self._database.execute(statement)
        self._add_collection(name, int(begins_at.timestamp()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()
        self._database.close()
        self._folder.cleanup()

    def add_picture(self, name: str, picture: bytes) -> None:
        """``name``: as ``picture_name`` gives it."""
        self._zip.writestr(str(len(self._pictures)), picture, ZIP_STORED)
        self._pictures.append(name)

    def add(self, cards: Sequence[CardToWrite]) -> None:
        """The cards of one note: as one, where they ask both ways; else each by itself."""
        if _are_both_ways(cards):
            self._add_note("bunri both ways", cards)
            return
        for each in cards:
            self._add_note(_type_of(each.card), [each], alone=len(cards) == 1)

    def _add_note(self, kind: str, cards: Sequence[CardToWrite], *, alone: bool = True) -> None:
        card = cards[0].card
        self._note_id = max(self._note_id + 1, int(card.created_at.timestamp() * 1000))
        guid = (card.guid or str(card.note_id)) if alone else str(card.id)
        guid = guid if guid not in self._guids else str(card.id)
        self._guids.add(guid)
        fields = _fields_of(card)
        modified = int(card.updated_at.timestamp())
        tags = f" {' '.join(card.tags)} " if card.tags else ""
        self._database.execute(
            "insert into notes values (?, ?, ?, ?, -1, ?, ?, ?, 0, 0, '')",
            (self._note_id, guid, TYPES[kind], modified, tags, SEPARATOR.join(fields), fields[0]),
        )
        for order, each in enumerate(cards):
            self._add_card(each, order, modified)

    def _add_card(self, each: CardToWrite, order: int, modified: int) -> None:
        number = self._note_id + order  # ids of cards are their own: a note of two takes the next one, too
        kind, queue, due, left = self._scheduled(each)
        memory = each.memory
        data = {"s": round(memory.stability, 4), "d": round(memory.difficulty or 0, 3)} if memory.stability else {}
        self._database.execute(
            "insert into cards values (?, ?, ?, ?, ?, -1, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)",
            (
                number,
                self._note_id,
                self._deck,
                order,
                modified,
                kind,
                -1 if each.suspended else queue,
                due,
                memory.interval,
                0 if kind == 0 else 2500,
                memory.reviews,
                memory.lapses,
                left,
                json.dumps(data) if data else "",
            ),
        )
        self._add_log(number, each.log)
        self._note_id = max(self._note_id, number)

    def _scheduled(self, each: CardToWrite) -> tuple[int, int, int, int]:
        """Type, queue, when it is due, and how many steps are left."""
        memory = each.memory
        if memory.state == State.REVIEW and memory.due_day:
            return 2, 2, (memory.due_day - self._begins_on).days, 0
        if memory.state in (State.LEARNING, State.RELEARNING) and memory.due_at:
            return int(memory.state), 1, int(memory.due_at.timestamp()), 1001
        return 0, 0, each.card.position, 0

    def _add_log(self, number: int, log: Sequence[Review]) -> None:
        """Each row has its time for a key: where two are at the same moment, the second is a millisecond later."""
        before = 0
        for review in log:
            if review.kind not in (Happened.REVIEW, Happened.RESET):
                continue
            moment = int(review.reviewed_at.timestamp() * 1000)
            while self._database.execute("select 1 from revlog where id = ?", (moment,)).fetchone():
                moment += 1
            is_reset = review.kind == Happened.RESET
            kind = 4 if is_reset else int(before > 0)
            row = (moment, number, review.rating or 0, 0, 0, 0 if is_reset else 2500, _ms(review.seconds), kind)
            self._database.execute("insert into revlog values (?, ?, -1, ?, ?, ?, ?, ?, ?)", row)
            before += not is_reset

    def _add_collection(self, name: str, begins_at: int) -> None:
        conf = {
            "schedVer": 2,
            "curDeck": self._deck,
            "activeDecks": [self._deck],
            "curModel": TYPES["bunri"],
            "newSpread": 0,
            "collapseTime": 1200,
            "timeLim": 0,
            "estTimes": True,
            "dueCounts": True,
            "nextPos": 1,
            "sortType": "noteFld",
            "sortBackwards": False,
            "addToCur": True,
            "dayLearnFirst": False,
            "newBury": True,
        }
        models = {str(number): self._model(kind, number) for kind, number in TYPES.items()}
        decks = {"1": self._deck_row(1, "Default"), str(self._deck): self._deck_row(self._deck, name)}
        documents = [json.dumps(each, ensure_ascii=False) for each in (conf, models, decks, {"1": _OPTIONS}, {})]
        self._database.execute(
            "insert into col values (1, ?, ?, ?, 11, 0, 0, 0, ?, ?, ?, ?, ?)",
            (begins_at, self._now * 1000, self._now * 1000, *documents),
        )

    def _model(self, kind: str, number: int) -> dict[str, Any]:
        fields = [
            {"name": name, "ord": order, "font": "Arial", "media": [], "rtl": False, "size": 20, "sticky": False}
            for order, name in enumerate(FIELDS)
        ]
        templates = [
            {
                "name": f"Card {order + 1}",
                "ord": order,
                "qfmt": front,
                "afmt": back,
                "bafmt": "",
                "bqfmt": "",
                "did": None,
            }
            for order, (front, back) in enumerate(_TEMPLATES[kind])
        ]
        return {
            "id": number,
            "name": kind,
            "type": 0,
            "mod": self._now,
            "usn": -1,
            "sortf": 0,
            "did": self._deck,
            "flds": fields,
            "tmpls": templates,
            "css": _CSS,
            "latexPre": "",
            "latexPost": "",
            "req": [[order, "any", [0]] for order in range(len(templates))],
            "tags": [],
            "vers": [],
        }

    def _deck_row(self, number: int, name: str) -> dict[str, Any]:
        return {
            "id": number,
            "name": name.replace("::", ": ") or "bunri",
            "conf": 1,
            "desc": "",
            "dyn": 0,
            "mod": self._now,
            "usn": -1,
            "collapsed": False,
            "browserCollapsed": False,
            "extendNew": 0,
            "extendRev": 0,
            **{day: [0, 0] for day in ("newToday", "revToday", "lrnToday", "timeToday")},
        }

    def finish(self) -> None:
        """After the last note."""
        self._database.execute("commit")
        self._database.close()
        self._zip.write(self._collection, "collection.anki2", ZIP_DEFLATED)
        names = {str(number): name for number, name in enumerate(self._pictures)}
        self._zip.writestr("media", json.dumps(names), ZIP_DEFLATED)


_OPTIONS: Final = {
    "id": 1,
    "name": "Default",
    "mod": 0,
    "usn": 0,
    "maxTaken": 60,
    "autoplay": True,
    "timer": 0,
    "replayq": True,
    "dyn": False,
    "new": {
        "bury": True,
        "delays": [1, 10],
        "initialFactor": 2500,
        "ints": [1, 4, 7],
        "order": 1,
        "perDay": 20,
        "separate": True,
    },
    "rev": {"bury": True, "ease4": 1.3, "fuzz": 0.05, "ivlFct": 1, "maxIvl": 36500, "minSpace": 1, "perDay": 200},
    "lapse": {"delays": [10], "leechAction": 0, "leechFails": 8, "minInt": 1, "mult": 0},
}


def picture_name(media: object) -> str:
    """What a picture is called in a package."""
    return f"{media}.webp"


def html_of(markdown: str) -> str:
    """A side of a card; one paragraph stands without ``<p>``."""
    shown: str = _MARKDOWN.render(_PICTURE.sub(lambda found: f"]({picture_name(found[1])})", markdown)).strip()
    if shown.startswith("<p>") and shown.endswith("</p>") and shown.count("<p>") == 1:
        shown = shown[3:-4]
    return shown.replace("<br />\n", "<br>").replace("<br>\n", "<br>").replace(SEPARATOR, "")


def _type_of(card: Card) -> str:
    return {CardKind.TYPED: "bunri typed", CardKind.TITLE: "bunri title"}.get(card.kind, "bunri")


def _are_both_ways(cards: Sequence[CardToWrite]) -> bool:
    if len(cards) != 2 or any(each.card.kind != CardKind.FLIP for each in cards):
        return False
    one, other = cards[0].card, cards[1].card
    return (one.front, one.back) == (other.back, other.front)


def _fields_of(card: Card) -> list[str]:
    data = {"choices": list(card.choices), "accepted": list(card.accepted)}
    choices = "".join(f"<li>{html.escape(each)}</li>" for each in card.choices)
    back = html.escape(card.back, quote=False) if card.kind == CardKind.TYPED else html_of(card.back)
    return [
        html_of(card.front),
        back.replace(SEPARATOR, ""),
        str(card.kind),
        f"<ul>{choices}</ul>" if choices else "",
        html.escape(json.dumps(data, ensure_ascii=False), quote=False) if card.choices or card.accepted else "",
    ]


def _ms(seconds: float | None) -> int:
    return int((seconds or 0) * 1000)
