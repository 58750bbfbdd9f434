"""Takes the cards of a file over, some at a time. Each step is a transaction that also says how far it is, so whatever
ends the worker, the next one goes on where it was; and cards, pictures and reviews are known by what they are, so none
of them is there twice."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from bunri.domains.auth.public import AuthPublic
from bunri.domains.learning.anki.brought import BroughtCard
from bunri.domains.learning.anki.reading import Reading
from bunri.domains.learning.public import ImportAsked
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.service.bringing import Bringing, LeaseLost
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.service.media import Pictures
from bunri.domains.learning.settings import LearningSettings
from bunri.domains.learning.transfers import Import, TransferState, import_key
from bunri.kit.clock import Clock
from bunri.kit.errors import NO_ROOM, BunriError, Full, Unavailable
from bunri.platform.db import Transaction
from bunri.platform.storage import ObjectMissing, Storage

BATCH: Final = 200
"""Cards of one transaction."""
_PART: Final = 2**20
_READ_FROM: Final = 5
_READ_TO: Final = 99
"""Per cent that are done before the first, and after the last card."""


class Importing:
    """What fails because something is away is tried again by the queue, and goes on where it was."""

    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        storage: Storage,
        learners: Learners,
        auth: AuthPublic,
        pictures: Pictures,
        settings: LearningSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._storage = storage
        self._learners = learners
        self._auth = auth
        self._pictures = pictures
        self._settings = settings
        self._clock = clock

    async def work(self, asked: ImportAsked) -> None:
        """Once more does no harm. Raises StorageUnavailable, Full and what else may be away."""
        now = self._clock()
        async with self._transaction() as repository:
            held = await repository.claim_import(UUID(asked.import_id), now, now + self._settings.import_lease)
        if held is None:
            return
        try:
            async with self._renewed(held):
                await self._take_over(held)
        except LeaseLost:
            return
        except Unavailable:
            await self._give_back(held)
            raise
        except ObjectMissing:
            await self._end(held, error="import_not_uploaded")
        except BunriError as error:
            await self._end(held, error=error.code)

    async def _take_over(self, held: Import) -> None:
        learner, person = await self._learners.get(held.owner), await self._auth.person(held.owner)
        bringing = Bringing(
            self._transaction,
            self._pictures,
            learner,
            held,
            self._settings,
            self._clock,
            name=person.name if person else "",
        )
        with _disk(), tempfile.TemporaryDirectory(prefix="bunri-import-") as folder:
            file = Path(folder) / "sent"
            await self._fetch(held, file)
            reading = Reading(held.format, file, Path(folder))
            at = 0
            async for cards in _batches(reading):
                at += len(cards)
                if at > held.position:
                    fresh = cards[max(0, held.position - at + len(cards)) :]
                    share = min(1.0, at / max(1, reading.total))
                    progress = _READ_FROM + int((_READ_TO - _READ_FROM) * share)
                    await bringing.take(fresh, at, progress, reading)
        await bringing.finish(reading.report)
        await self._end(held)

    async def _fetch(self, held: Import, file: Path) -> None:
        """Never more than was announced."""
        with file.open("xb") as out:
            for start in range(0, held.size, _PART):
                part = await self._storage.read_part(import_key(held.id), start, min(_PART, held.size - start))
                await asyncio.to_thread(out.write, part)

    @asynccontextmanager
    async def _renewed(self, held: Import) -> AsyncIterator[None]:
        """Nobody takes it over for as long as the block runs."""
        renewing = asyncio.create_task(self._renew(held))
        try:
            yield
        finally:
            renewing.cancel()

    async def _renew(self, held: Import) -> None:
        """Until it is lost, which the next step finds out."""
        kept = True
        while kept:
            await asyncio.sleep(self._settings.import_lease.total_seconds() / 4)
            with contextlib.suppress(Unavailable):
                async with self._transaction() as repository:
                    kept = await repository.change_import(held, lease_until=self._clock() + self._settings.import_lease)

    async def _give_back(self, held: Import) -> None:
        """The queue brings it again. When the database is away, the lease runs out by itself."""
        with contextlib.suppress(Unavailable):
            async with self._transaction() as repository:
                await repository.change_import(
                    held, state=TransferState.WAITING, lease_until=self._clock() + self._settings.import_lease
                )

    async def _end(self, held: Import, error: str | None = None) -> None:
        state = TransferState.FAILED if error else TransferState.DONE
        done = {} if error else {"progress": 100}
        async with self._transaction() as repository:
            if await repository.change_import(
                held, state=state, error=error, ended_at=self._clock(), lease_until=None, **done
            ):
                await repository.remove_objects([import_key(held.id)])
        with contextlib.suppress(Unavailable):  # otherwise a little later
            await self._storage.delete(import_key(held.id))


async def _batches(reading: Reading) -> AsyncIterator[list[BroughtCard]]:
    cards: list[BroughtCard] = []
    async with contextlib.aclosing(reading.cards()) as found:
        async for card in found:
            cards.append(card)
            if len(cards) == BATCH:
                yield cards
                cards = []
    if cards:
        yield cards


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    """Raises Full where the disk is."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise Full from error
        raise
