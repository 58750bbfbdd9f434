"""The program of a process that does nothing but read one file of cards, and may be killed at any time.

Run by ``reading`` as ``python -m bunri.domains.learning.anki.reader FORMAT FILE FOLDER PARENT``: it writes a line of
JSON for each card, and pictures into FOLDER. It is given no secrets: what it reads comes from strangers.
"""

import ctypes
import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from bunri.domains.learning.anki.brought import BroughtCard
from bunri.domains.learning.anki.cards import brought_cards
from bunri.domains.learning.anki.collection import Collection
from bunri.domains.learning.anki.deck_file import DeckFile
from bunri.domains.learning.anki.limits import LIMITS
from bunri.domains.learning.anki.markdown import escaped
from bunri.domains.learning.anki.package import Package
from bunri.domains.learning.anki.report import Report
from bunri.domains.learning.anki.tables import cards_of_table, count_of
from bunri.domains.learning.errors import CollectionBroken, PackageTooLarge, ReadingTooCostly
from bunri.kit.errors import NO_ROOM, BunriError, Full

_MEMORY: Final = 640 * 2**20
"""Of addresses, of which a large package uses a third."""
_CPU_S: Final = 120
_PR_SET_PDEATHSIG: Final = 1

Fetch = Callable[[str, Path], bool]
"""Writes the picture of that name into a file; whether there is one."""


def main() -> None:
    kind, file, folder, parent = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    _settle(parent)
    try:
        _read(kind, file, folder)
    except BunriError as error:
        _say({"error": error.code})
    except (MemoryError, RecursionError):
        _say({"error": ReadingTooCostly.code})
    except OSError as error:
        _say({"error": (Full if error.errno in NO_ROOM else CollectionBroken).code})


def _settle(parent: int) -> None:
    """Ends with its parent, and takes no more than a file may take."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit()
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_S),
        (resource.RLIMIT_FSIZE, LIMITS.collection),
    ):
        resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _read(kind: str, file: Path, folder: Path) -> None:
    report = Report()
    {"apkg": _read_package, "colpkg": _read_package, "csv": _read_table, "json": _read_deck_file}[kind](
        file, folder, report
    )
    _say({"left_out": report.document()})
    _say({"end": True})


def _read_package(file: Path, folder: Path, report: Report) -> None:
    collection = folder / "collection"
    with Package(file, LIMITS) as package:
        package.unpack_collection(collection)
        media = package.media()

        def fetch(name: str, into: Path) -> bool:
            part = media.get(name)
            if part is None:
                return False
            try:
                package.unpack_picture(part, into)
            except (PackageTooLarge, CollectionBroken):
                return False
            return True

        with Collection(collection, LIMITS) as opened:
            _say({"total": opened.count})
            _write(brought_cards(opened, report), _Pictures(folder, fetch, report))


def _read_table(file: Path, folder: Path, report: Report) -> None:
    data = _whole(file)
    _say({"total": count_of(data)})
    none = _Pictures(folder, lambda *_: False, report)
    _write(((card, []) for card in cards_of_table(data, report)), none)


def _read_deck_file(file: Path, folder: Path, report: Report) -> None:
    deck = DeckFile.read(_whole(file))
    _say({"total": deck.count})

    def fetch(name: str, into: Path) -> bool:
        picture = deck.picture(name)
        if picture is None:
            return False
        into.write_bytes(picture)
        return True

    _write(deck.cards(report), _Pictures(folder, fetch, report))


def _whole(file: Path) -> bytes:
    if file.stat().st_size > LIMITS.text:
        raise PackageTooLarge
    return file.read_bytes()


class _Pictures:
    """Files of their own numbers, each unpacked when a card shows it first."""

    def __init__(self, folder: Path, fetch: Fetch, report: Report) -> None:
        self._folder = folder
        self._fetch = fetch
        self._report = report
        self._known: dict[str, str | None] = {}
        self._left = LIMITS.pictures

    def of(self, name: str, example: str) -> str | None:
        """The number of its file; None where there is none."""
        if name not in self._known:
            self._known[name] = self._unpacked(name)
        if self._known[name] is None:
            self._report.add("picture_missing", name or example)
        return self._known[name]

    def _unpacked(self, name: str) -> str | None:
        number = str(len(self._known))
        into = self._folder / number
        if self._left <= 0 or not self._fetch(name, into):
            return None
        self._left -= into.stat().st_size
        return number


def _write(cards: Iterator[tuple[BroughtCard, list[str]]], pictures: _Pictures) -> None:
    for card, names in cards:
        _say({"card": _with_files(card, names, pictures).model_dump(mode="json", exclude_defaults=True)})


def _with_files(card: BroughtCard, names: list[str], pictures: _Pictures) -> BroughtCard:
    """Where the file of a picture is missing, its name stands in the text."""
    if not names:
        return card
    files = [pictures.of(name, card.front) for name in names[:100]]
    kept = [file for file in files if file]

    def shown(found: re.Match[str]) -> str:
        place = int(found[2])
        file = files[place] if place < len(files) else None
        if file is None:
            return escaped(f"({names[place] if place < len(names) else '…'})")
        return f"![{found[1]}](media:#{kept.index(file)})"

    sides = [re.sub(r"!\[([^\]]*)\]\(media:#(\d{1,4})\)", shown, side)[:10_000] for side in (card.front, card.back)]
    return card.model_copy(update={"front": sides[0], "back": sides[1], "pictures": kept})


def _say(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE))
    if "card" not in message:
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
