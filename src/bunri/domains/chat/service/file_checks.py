"""A file that was sent is looked at before anybody sees it: its size and digest, by a scanner, and as a picture."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bunri.domains.chat.errors import FileInfected, FileMismatch, FileNotUploaded
from bunri.domains.chat.file_names import with_suffix
from bunri.domains.chat.files import PICTURE_TYPE, announced_type, kind_of, told_type, upload_key
from bunri.domains.chat.records import FileKind, RoomFile
from bunri.domains.chat.settings import ChatSettings
from bunri.platform.clamav import Clamd
from bunri.platform.storage import ObjectMissing, ObjectTooLarge, Storage

if TYPE_CHECKING:
    from bunri.platform.photos.pool import DecoderPool

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 as fractions of the upright picture."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What is kept: ``data`` and, of a picture, a ``preview``, both made anew from its pixels."""

    kind: FileKind
    name: str
    content_type: str
    data: bytes
    preview: bytes | None = None
    width: int | None = None
    height: int | None = None


class FileChecks:
    def __init__(
        self, storage: Storage, decoders: "DecoderPool", scanner: Clamd | None, settings: ChatSettings
    ) -> None:
        self._storage = storage
        self._decoders = decoders
        self._scanner = scanner
        self._settings = settings

    async def check(self, file: RoomFile) -> CheckedFile:
        """Raises FileNotUploaded, FileMismatch, FileInfected, ScannerUnavailable, StorageUnavailable, and what is wrong
        with a picture (platform.photos.errors)."""
        data = await self._read(file)
        if file.sha256 and await asyncio.to_thread(_digest, data) != file.sha256:
            raise FileMismatch
        await self._scan(file, data)
        if kind_of(data, file.content_type) == FileKind.IMAGE:
            return await self.picture(file.name, data)
        return CheckedFile(FileKind.FILE, file.name, told_type(file.content_type), data)

    async def _read(self, file: RoomFile) -> bytes:
        key = upload_key(file.id)
        stat = await self._storage.stat(key)
        if stat is None:
            raise FileNotUploaded
        if stat.size != file.size or announced_type(stat.content_type) != file.content_type:
            raise FileMismatch
        await self._storage.close_tickets(key)
        try:
            data = await self._storage.read(key, file.size)
        except ObjectMissing:
            raise FileNotUploaded from None
        except ObjectTooLarge:
            raise FileMismatch from None
        if len(data) != file.size:
            raise FileMismatch
        return data

    async def _scan(self, file: RoomFile, data: bytes) -> None:
        if self._scanner is None:
            return
        if found := await self._scanner.scan(data):
            log.warning("chat.file_infected", file_id=str(file.id), found=found)
            raise FileInfected

    async def picture(self, name: str, data: bytes, crop: Box | None = None) -> CheckedFile:
        """Made anew from pixels; with ``crop`` from that part of it alone. Raises what is wrong with it."""
        clean = await asyncio.wrap_future(self._decoders.clean(data, self._settings.picture, crop=crop))
        return CheckedFile(
            FileKind.IMAGE,
            with_suffix(name, ".webp"),
            PICTURE_TYPE,
            clean.webp,
            clean.preview,
            clean.width,
            clean.height,
        )


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
