"""What a room takes for a picture and what for a file, and where its objects lie. Pure rules."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from bunri.domains.chat.records import FileKind, MessageType, RoomFile
from bunri.kit.media_types import essence
from bunri.platform.photos.errors import NotAPhoto
from bunri.platform.photos.sniff import media_type

UPLOADS: Final = "incoming/"
"""What was sent and is not looked at yet. Nobody is ever shown it: a ticket of S3 may write to it again."""
FILES: Final = "attachments/"

PICTURE_TYPE: Final = "image/webp"
OPAQUE_TYPE: Final = "application/octet-stream"
_PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "image/gif"})
_WITH_PLACES: Final = frozenset({"AVIF", "TIFF", "JPEG XL", "JPEG 2000"})
"""Pictures that we cannot make anew, and that may tell where they were taken."""
_TOLD: Final = frozenset(
    {
        "application/pdf",
        "application/zip",
        "application/haansofthwp",
        "application/x-hwp",
        "application/vnd.hancom.hwp",
        "application/vnd.hancom.hwpx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "text/plain",
        "video/mp4",
        "video/quicktime",
        "video/webm",
    }
)
"""Types that are said of a file as its sender said them; none is one that a browser runs."""


def upload_key(file_id: UUID) -> str:
    return f"{UPLOADS}{file_id}"


def file_key(file_id: UUID, kind: FileKind | None) -> str:
    """What was looked at; of a picture what was made of it."""
    return f"{FILES}{file_id}.webp" if kind == FileKind.IMAGE else f"{FILES}{file_id}"


def preview_key(file_id: UUID) -> str:
    return f"{FILES}{file_id}.preview.webp"


def object_keys(file_id: UUID) -> tuple[str, ...]:
    """All that a file may have in the store, whatever it turned out to be."""
    kept = (file_key(file_id, kind) for kind in FileKind)
    return (upload_key(file_id), *kept, preview_key(file_id))


def announced_type(written: str) -> str:
    """The media type that an upload has to have; a sender who does not know it says nothing."""
    return essence(written) or OPAQUE_TYPE


def is_picture_type(announced: str) -> bool:
    return announced in _PICTURES


def told_type(announced: str) -> str:
    """What a file that is no picture is said to be."""
    return announced if announced in _TOLD else OPAQUE_TYPE


def kind_of(data: bytes, announced: str) -> FileKind:
    """By its bytes: whatever is a picture is treated as one, so that none keeps its place and time by another name.

    Raises NotAPhoto or UnknownFile for what was announced as a picture and is none, NotAPhoto for a picture of a kind
    that cannot be made anew.
    """
    try:
        media_type(data, gif=True)
    except NotAPhoto as error:
        if is_picture_type(announced) or error.data.get("looks_like") in _WITH_PLACES:
            raise
        return FileKind.FILE
    return FileKind.IMAGE


def type_of_message(files: Sequence[RoomFile]) -> MessageType:
    """Of one that has ``files``."""
    return MessageType.IMAGE if all(each.kind == FileKind.IMAGE for each in files) else MessageType.FILE


def described(file: RoomFile) -> dict[str, Any]:
    """As a message keeps it, ready for JSON: what does not change any more."""
    return {
        "id": str(file.id),
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "kind": file.kind,
        "width": file.width,
        "height": file.height,
    }
