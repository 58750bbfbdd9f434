"""Makes a deck into a file: what its cards say, their pictures, and what its person remembers of them."""

import asyncio
import base64
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import IO, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from bunri.domains.learning.anki import deck_file, tables
from bunri.domains.learning.anki.writer import CardToWrite, PackageWriter, picture_name
from bunri.domains.learning.public import DeckExportAsked
from bunri.domains.learning.records import Card, Deck, Learner, media_key
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import NEW
from bunri.domains.learning.service.decks import known
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.settings import LearningSettings
from bunri.domains.learning.study_days import begins
from bunri.domains.learning.transfers import DeckExport, ExportFormat, TransferState, export_key
from bunri.kit.clock import Clock
from bunri.kit.errors import NO_ROOM, BunriError, Full, Unavailable
from bunri.platform.db import Transaction
from bunri.platform.storage import ObjectMissing, Storage

BATCH: Final = 500
LARGEST_PICTURE: Final = 16 * 2**20
PICTURES_IN_JSON: Final = 30 * 2**20
"""Bytes of pictures in a JSON file, which is read as a whole; what comes after is left out."""
_TYPES: Final = {
    ExportFormat.APKG: "application/octet-stream",
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.JSON: "application/json",
}
_BEGAN: Final = timedelta(days=3650)
"""Days before today from which a package counts: before that no card of ours is due."""


class DeckExporting:
    """What fails because something is away is tried again by the queue, from the beginning."""

    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        storage: Storage,
        learners: Learners,
        settings: LearningSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._storage = storage
        self._learners = learners
        self._settings = settings
        self._clock = clock

    async def work(self, asked: DeckExportAsked) -> None:
        """Once more does no harm. Raises StorageUnavailable, Full and what else may be away."""
        now = self._clock()
        async with self._transaction() as repository:
            held = await repository.claim_deck_export(UUID(asked.export_id), now, now + self._settings.import_lease)
        if held is None:
            return
        try:
            with tempfile.TemporaryDirectory(prefix="bunri-export-") as folder:
                path = Path(folder) / "deck"
                await self._make(held, path)
                size = (await asyncio.to_thread(path.stat)).st_size
                await self._storage.write_file(export_key(held), path, _TYPES[held.format])
        except OSError as error:
            await self._change(held, state=TransferState.WAITING)
            if error.errno in NO_ROOM:
                raise Full from error
            raise
        except Unavailable:
            await self._change(held, state=TransferState.WAITING)
            raise
        except BunriError as error:
            until = self._clock() + self._settings.export_ttl
            await self._change(held, state=TransferState.FAILED, error=error.code, expires_at=until)
            return
        until = self._clock() + self._settings.export_ttl
        if not await self._change(held, state=TransferState.DONE, progress=100, size=size, expires_at=until):
            async with self._transaction() as repository:  # it, or its owner, was removed meanwhile
                if await repository.deck_export(held.id) is None:
                    await repository.remove_objects([export_key(held)])

    async def _change(self, held: DeckExport, **values: object) -> bool:
        with contextlib.suppress(Unavailable):
            async with self._transaction() as repository:
                return await repository.change_deck_export(held, **values)
        return False

    async def _make(self, held: DeckExport, path: Path) -> None:
        """Raises DeckMissing."""
        learner = await self._learners.get(held.owner)
        async with self._transaction() as repository:
            deck, _ = await known(repository, held.deck_id, held.owner)
        make = {
            ExportFormat.APKG: self._package,
            ExportFormat.CSV: self._table,
            ExportFormat.JSON: self._deck_file,
        }[held.format]
        await make(held, deck, learner, path)

    async def _pages(self, held: DeckExport, learner: Learner) -> AsyncIterator[list[CardToWrite]]:
        """The cards in their order, some at a time; it says so that it is still at work."""
        after: tuple[int, UUID] | None = None
        written = 0
        while True:
            async with self._transaction() as repository:
                cards = await repository.cards_of(held.deck_id, after=after, limit=BATCH)
                ids = [card.id for card in cards]
                mine = await repository.remembered(learner.person, ids)
                logs = await repository.logs_of(learner.person, ids)
            if cards:
                yield [
                    CardToWrite(card, one.memory, one.suspended, logs.get(card.id, ()))
                    if (one := mine.get(card.id))
                    else CardToWrite(card, NEW, False, logs.get(card.id, ()))
                    for card in cards
                ]
            if len(cards) < BATCH:
                return
            after = (cards[-1].position, cards[-1].id)
            written += len(cards)
            lease = self._clock() + self._settings.import_lease
            await self._change(held, progress=min(90, written // 200), lease_until=lease)

    async def _picture(self, media: UUID) -> bytes | None:
        try:
            return await self._storage.read(media_key(media), LARGEST_PICTURE)
        except ObjectMissing:
            return None

    # ── the formats ───────────────────────────────────────────────────────────────────────────────────────────────

    async def _package(self, held: DeckExport, deck: Deck, learner: Learner, path: Path) -> None:
        now = self._clock()
        first = learner.day(now) - _BEGAN
        at = begins(first, ZoneInfo(learner.zone), learner.rollover)
        known_ones: set[UUID] = set()
        with PackageWriter(path, deck.name, now, first, at) as writer:
            left: list[CardToWrite] = []
            async for page in self._pages(held, learner):
                for each in page:
                    await self._add_pictures(writer, each.card, known_ones)
                notes = _notes([*left, *page])
                left = notes.pop()  # its other card may be on the next page
                await asyncio.to_thread(_add_all, writer, notes)
            await asyncio.to_thread(_add_all, writer, [left] if left else [])
            await asyncio.to_thread(writer.finish)

    async def _add_pictures(self, writer: PackageWriter, card: Card, known_ones: set[UUID]) -> None:
        for media in card.media:
            if media in known_ones:
                continue
            known_ones.add(media)
            if picture := await self._picture(media):
                await asyncio.to_thread(writer.add_picture, picture_name(media), picture)

    async def _table(self, held: DeckExport, deck: Deck, learner: Learner, path: Path) -> None:  # noqa: ARG002
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(tables.header())
            async for page in self._pages(held, learner):
                await asyncio.to_thread(file.writelines, [tables.row_of(each.card) for each in page])

    async def _deck_file(self, held: DeckExport, deck: Deck, learner: Learner, path: Path) -> None:
        head = {"name": deck.name, "description": deck.description, "language": deck.language}
        media: dict[UUID, None] = {}
        with path.open("wb") as file:
            start = {"format": deck_file.FORMAT, "version": deck_file.VERSION, "deck": head}
            file.write(orjson.dumps(start)[:-1] + b',"cards":[')
            separator = b""
            async for page in self._pages(held, learner):
                media.update(dict.fromkeys(each for one in page for each in one.card.media))
                await asyncio.to_thread(file.write, separator + b",\n".join(_document(each) for each in page))
                separator = b",\n"
            file.write(b'],"media":{')
            await self._add_media(file, media)
            file.write(b"}}\n")

    async def _add_media(self, file: IO[bytes], media: Mapping[UUID, None]) -> None:
        left, separator = PICTURES_IN_JSON, b""
        for each in media:
            picture = await self._picture(each)
            if picture is None or len(picture) > left:
                continue
            left -= len(picture)
            content = separator + orjson.dumps(str(each)) + b":" + orjson.dumps(base64.b64encode(picture).decode())
            await asyncio.to_thread(file.write, content)
            separator = b","


def _document(each: CardToWrite) -> bytes:
    return orjson.dumps(deck_file.card_document(each.card, each.suspended, each.log))


def _notes(cards: Sequence[CardToWrite]) -> list[list[CardToWrite]]:
    """Neighbours of one note together."""
    note: Callable[[CardToWrite], UUID] = lambda each: each.card.note_id  # noqa: E731
    return [list(some) for _, some in groupby(cards, note)]


def _add_all(writer: PackageWriter, notes: Sequence[Sequence[CardToWrite]]) -> None:
    for note in notes:
        writer.add(note)
