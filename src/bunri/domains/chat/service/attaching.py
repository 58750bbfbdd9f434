"""The files that a message has."""

from collections.abc import Sequence
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat.errors import FileMissing, FileNotReady, FileUsed
from bunri.domains.chat.records import RoomFile
from bunri.domains.chat.repository import ChatRepository


async def attachable(
    repository: ChatRepository, caller: Caller, room_id: UUID, file_ids: Sequence[UUID]
) -> list[RoomFile]:
    """The caller's own of this room that were looked at and no message has, in the order in which they were named.
    Nobody else changes them until the transaction ends. Raises FileMissing, FileNotReady, FileUsed."""
    if not file_ids:
        return []
    named = list(dict.fromkeys(file_ids))
    found = await repository.lock_files(room_id, caller.id, named)
    for file_id in named:
        file = found.get(file_id)
        if file is None:
            raise FileMissing
        if file.completed_at is None:
            raise FileNotReady
        if file.message_id is not None:
            raise FileUsed
    return [found[file_id] for file_id in named]
