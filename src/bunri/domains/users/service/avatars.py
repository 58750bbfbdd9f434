"""The picture that somebody shows of themselves."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.users.records import avatar_key
from bunri.domains.users.repository import UsersRepository
from bunri.domains.users.settings import UsersSettings
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction
from bunri.platform.photos.errors import PhotoTooLarge
from bunri.platform.storage import Storage

if TYPE_CHECKING:
    from bunri.platform.photos.pool import DecoderPool

LARGEST: Final = 2**18
"""Bytes of what we keep."""


class Avatars:
    def __init__(
        self,
        transaction: Transaction[UsersRepository],
        storage: Storage,
        decoders: "DecoderPool",
        settings: UsersSettings,
    ) -> None:
        self._transaction = transaction
        self._storage = storage
        self._decoders = decoders
        self._settings = settings

    async def show(self, caller: Caller, picture: bytes) -> None:
        """The middle square of ``picture``, without anything but pixels, in place of the one before.

        Raises what is wrong with a photo (platform.photos.errors), StorageUnavailable, StorageFull.
        """
        limits = self._settings.avatar
        if len(picture) > limits.max_bytes:
            raise PhotoTooLarge(size=len(picture), limit_mb=self._settings.max_avatar_mb)
        square = await asyncio.wrap_future(self._decoders.avatar(picture, limits))
        made = new_id()
        await self._storage.write(avatar_key(made), square, "image/webp")
        await self._replace(caller.id, made)

    async def remove(self, caller: Caller) -> None:
        """Once more does no harm. Raises StorageUnavailable."""
        await self._replace(caller.id, None)

    async def _replace(self, owner: str, avatar: UUID | None) -> None:
        async with self._transaction() as repository:
            await repository.lock_owner(owner)
            before = await repository.profile(owner)
            if before.avatar != avatar:
                await repository.save(replace(before, avatar=avatar))
        if before.avatar and before.avatar != avatar:
            await self._storage.delete(avatar_key(before.avatar))

    async def read(self, avatar: UUID) -> bytes:
        """WebP. Raises ObjectMissing, StorageUnavailable."""
        return await self._storage.read(avatar_key(avatar), LARGEST)
