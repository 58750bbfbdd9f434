"""Files of cards that people bring along: announced, sent, looked after. ``importing`` takes their cards over."""

import contextlib
from typing import Final
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.learning.errors import (
    ImportGivenUp,
    ImportMismatch,
    ImportMissing,
    ImportNotUploaded,
    ImportTooLarge,
    TooManyImports,
)
from bunri.domains.learning.public import ImportAsked
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.service.decks import editable
from bunri.domains.learning.settings import LearningSettings
from bunri.domains.learning.transfer_schemas import ImportIn, ImportOut, import_out
from bunri.domains.learning.transfers import Import, TransferState, import_key
from bunri.kit.clock import Clock
from bunri.kit.errors import Unavailable
from bunri.kit.ids import new_id
from bunri.kit.languages import Language
from bunri.platform.db import Transaction
from bunri.platform.storage import Storage, UploadTicket

MOST_ATTEMPTS: Final = 12
"""How often a worker begins one, whatever ended the ones before."""
BATCH: Final = 100
_TYPE: Final = "application/octet-stream"


class Imports:
    def __init__(
        self, transaction: Transaction[LearningRepository], storage: Storage, settings: LearningSettings, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._storage = storage
        self._settings = settings
        self._clock = clock

    async def announce(self, caller: Caller, said: ImportIn, base_url: str) -> tuple[Import, UploadTicket]:
        """A new import and the ticket for its file.

        Raises ImportTooLarge, TooManyImports, DeckMissing, MayNotEdit, StorageFull, StorageUnavailable."""
        settings = self._settings
        if said.size > settings.max_import_mb * 2**20:
            raise ImportTooLarge(limit_mb=settings.max_import_mb)
        made = Import(
            new_id(), caller.id, said.format, said.size, self._clock(), deck_id=said.deck_id, deck_name=said.deck_name
        )
        ticket = await self._storage.ticket(
            import_key(made.id),
            content_type=_TYPE,
            size=said.size,
            expires_in=settings.import_upload_ttl,
            base_url=base_url,
        )
        async with self._transaction() as repository:
            if said.deck_id:
                await editable(repository, said.deck_id, caller.id)
            await repository.lock_person(caller.id)
            if await repository.count_open_imports(caller.id) >= settings.most_open_imports:
                raise TooManyImports(most=settings.most_open_imports)
            await repository.add_import(made)
        return made, ticket

    async def complete(self, caller: Caller, import_id: UUID, language: Language) -> ImportOut:
        """The file is there: its cards are taken over soon. Once more does no harm.

        Raises ImportMissing, ImportNotUploaded, ImportMismatch, StorageUnavailable."""
        one = await self._mine(caller, import_id)
        if one.state == TransferState.CREATED:
            await self._check_file(one)
            async with self._transaction() as repository:
                if await repository.queue_import(one.id, self._clock() + self._settings.import_lease):
                    await repository.add_event(ImportAsked(import_id=str(one.id)))
        return await self.get(caller, import_id, language)

    async def _check_file(self, one: Import) -> None:
        stat = await self._storage.stat(import_key(one.id))
        if stat is None:
            raise ImportNotUploaded
        if stat.size != one.size:
            raise ImportMismatch
        await self._storage.close_tickets(import_key(one.id))

    async def get(self, caller: Caller, import_id: UUID, language: Language) -> ImportOut:
        """Raises ImportMissing."""
        return self._shown(await self._mine(caller, import_id), language)

    async def listed(self, caller: Caller, language: Language) -> list[ImportOut]:
        """The newest first."""
        async with self._transaction() as repository:
            found = await repository.imports_of(caller.id)
        return [self._shown(each, language) for each in found]

    async def remove(self, caller: Caller, import_id: UUID) -> None:
        """Another one has its place at once. A worker that is at it finds it gone, and stops; cards that are there
        already stay. Raises ImportMissing."""
        key = import_key((await self._mine(caller, import_id)).id)
        async with self._transaction() as repository:
            await repository.remove_import(import_id)
            await repository.remove_objects([key])
        with contextlib.suppress(Unavailable):  # otherwise a little later
            await self._storage.close_tickets(key)
            await self._storage.delete(key)

    async def _mine(self, caller: Caller, import_id: UUID) -> Import:
        async with self._transaction() as repository:
            one = await repository.import_by_id(import_id)
        if one is None or one.owner != caller.id:
            raise ImportMissing
        return one

    def _shown(self, one: Import, language: Language) -> ImportOut:
        return import_out(one, language, most=self._settings.most_decks, limit_mb=self._settings.max_import_mb)

    # ── looked after ──────────────────────────────────────────────────────────────────────────────────────────────

    async def look_after(self) -> None:
        """What a worker left behind is begun again, and what is over is forgotten."""
        await self._begin_again()
        await self._forget()

    async def _begin_again(self) -> None:
        """Whatever ended the worker: the cards that it took over are known by their keys."""
        now = self._clock()
        async with self._transaction() as repository:
            for one in await repository.silent_imports(now, BATCH):
                if one.attempt >= MOST_ATTEMPTS or one.created_at < now - self._settings.import_patience:
                    failed = {"state": TransferState.FAILED, "error": ImportGivenUp.code, "ended_at": now}
                    await repository.set_import(one.id, **failed)
                    await repository.remove_objects([import_key(one.id)])
                    continue
                until = now + self._settings.import_lease
                await repository.set_import(one.id, state=TransferState.WAITING, lease_until=until)
                await repository.add_event(ImportAsked(import_id=str(one.id)))

    async def _forget(self) -> None:
        now, settings = self._clock(), self._settings
        async with self._transaction() as repository:
            gone = await repository.forget_imports(
                now - settings.import_ttl, now - 2 * settings.import_upload_ttl, BATCH
            )
            await repository.remove_objects([import_key(each) for each in gone])
