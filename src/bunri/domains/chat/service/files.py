"""Files of a room: announced, sent to the store, looked at, and then for its members alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.errors import (
    FileBusy,
    FileMissing,
    FilesOfDay,
    FilesWaiting,
    FileTooLarge,
    RoomFilesFull,
)
from bunri.domains.chat.file_names import safe_name
from bunri.domains.chat.files import announced_type, file_key, is_picture_type, preview_key, upload_key
from bunri.domains.chat.records import FileKind, RoomFile
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import FileIn
from bunri.domains.chat.service.file_checks import Box, CheckedFile, FileChecks
from bunri.domains.chat.settings import ChatSettings
from bunri.kit.clock import Clock
from bunri.kit.errors import BunriError, Conflict, Unavailable
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction
from bunri.platform.storage import Storage, UploadTicket

AT_ONCE: Final = 3
"""Files that one process looks at, and so holds in memory, at a time."""
WAITING_S: Final = 20.0
CHECKED_WITHIN_S: Final = 45.0
LEASE: Final = timedelta(minutes=2)
"""Longer than a call of the store goes on that nobody waits for any more: what it writes then is still known."""
_AGAIN_AFTER_S: Final = 2
PART: Final = 2**18
"""Bytes that a slow client keeps in memory."""
LARGEST_PREVIEW: Final = 2**20
_DAY: Final = timedelta(days=1)
_MB: Final = 2**20


class Files:
    def __init__(
        self,
        transaction: Transaction[ChatRepository],
        storage: Storage,
        checks: FileChecks,
        settings: ChatSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._storage = storage
        self._checks = checks
        self._settings = settings
        self._clock = clock
        self._turn = asyncio.Semaphore(AT_ONCE)

    # ── sent ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def announce(
        self, caller: Caller, room_id: UUID, said: FileIn, base_url: str
    ) -> tuple[RoomFile, UploadTicket]:
        """A new file and the ticket for its upload.

        Raises RoomMissing, NotAMember, RoomClosed, Muted, QuietHours, FileTooLarge, FilesWaiting, FilesOfDay,
        RoomFilesFull, StorageFull, StorageUnavailable.
        """
        file = RoomFile(
            id=new_id(),
            room_id=room_id,
            owner=caller.id,
            name=safe_name(said.name),
            content_type=announced_type(said.content_type),
            size=said.size,
            created_at=self._clock(),
            sha256=bytes.fromhex(said.sha256) if said.sha256 else None,
        )
        self._check_size(file)
        ticket = await self._storage.ticket(
            upload_key(file.id),
            content_type=file.content_type,
            size=file.size,
            expires_in=self._settings.upload_ttl,
            base_url=base_url,
        )
        async with self._transaction() as repository:
            seat = await repository.seat(room_id, caller.id, lock=True)
            member = rules.member_of(seat)
            rules.check_may_attach(rules.known(seat).room, member, file.created_at)
            await repository.lock_files_of(caller.id)
            await self._check_room(repository, file)
            await repository.add_file(file)
        return file, ticket

    def _check_size(self, file: RoomFile) -> None:
        settings = self._settings
        most = settings.max_picture_mb if is_picture_type(file.content_type) else settings.max_file_mb
        if file.size > most * _MB:
            raise FileTooLarge(limit_mb=most)

    async def _check_room(self, repository: ChatRepository, file: RoomFile) -> None:
        """Whether the person, and the room, may have one more."""
        settings = self._settings
        if await repository.count_unused(file.owner) >= settings.max_unused_files:
            raise FilesWaiting(most=settings.max_unused_files, retry_after=60)
        sent = await repository.bytes_of_person(file.owner, file.created_at - _DAY)
        if sent + file.size > settings.person_mb_per_day * _MB:
            raise FilesOfDay(limit_mb=settings.person_mb_per_day, retry_after=3600)
        if await repository.bytes_of_room(file.room_id) + file.size > settings.room_mb * _MB:
            raise RoomFilesFull(limit_mb=settings.room_mb)

    async def complete(self, caller: Caller, file_id: UUID) -> RoomFile:
        """Looks at what was sent, and keeps what is good of it. Once more gives the same.

        What is refused is removed: the sender is told at once, and nobody else of it. What could not be looked at may
        be tried again.

        Raises FileMissing, FileBusy, and what FileChecks.check raises.
        """
        async with self._a_turn():
            now = self._clock()
            async with self._transaction() as repository:
                file = await repository.claim_file(file_id, caller.id, now, now + LEASE)
                if file is None:
                    return await self._completed(repository, caller, file_id)
            return await self._look_at_claimed(file)

    @asynccontextmanager
    async def _a_turn(self) -> AsyncIterator[None]:
        """Raises FileBusy where too many files are being looked at for too long."""
        try:
            async with asyncio.timeout(WAITING_S):
                await self._turn.acquire()
        except TimeoutError:
            raise FileBusy(retry_after=_AGAIN_AFTER_S) from None
        try:
            yield
        finally:
            self._turn.release()

    async def _look_at_claimed(self, file: RoomFile) -> RoomFile:
        try:
            async with asyncio.timeout(CHECKED_WITHIN_S):
                return await self._look_at(file)
        except TimeoutError:  # the lease goes on: a call of the store may, too
            raise FileBusy(retry_after=int(LEASE.total_seconds())) from None
        except BunriError as error:
            async with self._transaction() as repository:
                if not isinstance(error, Unavailable | Conflict):
                    await repository.remove_file(file.id, self._clock())
                await repository.release_file(file.id)
            raise

    async def _completed(self, repository: ChatRepository, caller: Caller, file_id: UUID) -> RoomFile:
        file = await repository.file(file_id)
        if file is None or file.owner != caller.id:
            raise FileMissing
        if file.completed_at is None:
            raise FileBusy(retry_after=_AGAIN_AFTER_S)
        return file

    async def _look_at(self, file: RoomFile) -> RoomFile:
        checked = await self._checks.check(file)
        await self._keep(file, checked)
        async with self._transaction() as repository:
            completed = await repository.complete_file(
                file.id,
                kind=checked.kind,
                name=checked.name,
                content_type=checked.content_type,
                size=len(checked.data),
                width=checked.width,
                height=checked.height,
                completed_at=self._clock(),
            )
        if completed is None:
            raise FileMissing
        with suppress(Unavailable):  # otherwise it goes by its age
            await self._storage.delete(upload_key(file.id))
        return completed

    async def _keep(self, file: RoomFile, checked: CheckedFile) -> None:
        """What was looked at is written anew: what was uploaded could be replaced afterwards."""
        key = file_key(file.id, checked.kind)
        await self._storage.write(key, checked.data, checked.content_type)
        if checked.preview is not None:
            await self._storage.write(preview_key(file.id), checked.preview, "image/webp")

    async def keep_picture(
        self, owner: str, room_id: UUID, name: str, picture: bytes, crop: Box | None = None
    ) -> RoomFile:
        """A picture of ``owner`` that is here already, or a part of it, ready for a message of the room. Raises what is
        wrong with it, DecodersBusy, StorageFull, StorageUnavailable."""
        checked = await self._checks.picture(name, picture, crop)
        now = self._clock()
        file = RoomFile(
            id=new_id(),
            room_id=room_id,
            owner=owner,
            name=checked.name,
            content_type=checked.content_type,
            size=len(checked.data),
            created_at=now,
            kind=checked.kind,
            width=checked.width,
            height=checked.height,
            completed_at=now,
        )
        async with self._transaction() as repository:  # first: what is written then is known of
            await repository.add_file(file)
        await self._keep(file, checked)
        return file

    async def discard(self, caller: Caller, file_id: UUID) -> None:
        """One's own that no message has; its objects go soon after. Raises FileMissing."""
        async with self._transaction() as repository:
            file = await repository.file(file_id)
            if file is None or file.owner != caller.id:
                raise FileMissing
            if not await repository.remove_file(file_id, self._clock(), unused=True):
                raise FileMissing

    # ── had ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def get(self, caller: Caller, file_id: UUID) -> RoomFile:
        """A file that the caller may have: of a message in a room of theirs, or their own. Moderators of the platform
        look at what is reported in open rooms. Raises FileMissing: who may not have it is not told that there is
        one."""
        async with self._transaction() as repository:
            file = await repository.file(file_id)
            seat = await repository.seat(file.room_id, caller.id) if file else None
        if file is None or file.completed_at is None or seat is None:
            raise FileMissing
        looks_after = seat.room.kind.is_open and rules.looks_after_all(caller.roles)
        if seat.member is None and not looks_after:
            raise FileMissing
        if file.message_id is None and file.owner != caller.id:
            raise FileMissing
        return file

    async def content(self, file: RoomFile) -> AsyncIterator[bytes]:
        """In parts. Raises ObjectMissing, StorageUnavailable."""
        for start in range(0, file.size, PART):
            yield await self._storage.read_part(file_key(file.id, file.kind), start, PART)

    async def preview(self, file: RoomFile) -> bytes:
        """WebP. Raises FileMissing for what is no picture, ObjectMissing, StorageUnavailable."""
        if file.kind != FileKind.IMAGE:
            raise FileMissing
        return await self._storage.read(preview_key(file.id), LARGEST_PREVIEW)
