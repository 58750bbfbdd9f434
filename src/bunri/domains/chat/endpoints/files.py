"""``/api/v1/chat/files``: sent ahead of a message, then for the members of its room.

Bytes are given out here, and never by a link into the store: so membership is looked at each time, nobody can pass a
link on, and each answer has our headers, whatever the store would say.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from bunri.domains.auth.public import Caller
from bunri.domains.chat.documents import file_out
from bunri.domains.chat.file_names import content_disposition
from bunri.domains.chat.files import PICTURE_TYPE, described
from bunri.domains.chat.records import FileKind, RoomFile
from bunri.domains.chat.schemas import FileIn, FileOut, FileTicket
from bunri.domains.chat.service.files import Files
from bunri.platform.http import BaseUrl, Quota, policy, quota, signed_in, use

router = APIRouter(prefix="/api/v1/chat", tags=["chat"])

CurrentCaller = Annotated[Caller, signed_in]
FileService = Annotated[Files, use(Files)]

_LARGEST_MB: Final = 100
"""Files above are refused for their size, whatever the setting."""
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=300",
    "Vary": "Authorization",
}
"""Of what people have sent: it runs nothing, whatever it is, and no other page may embed it."""


@router.post("/rooms/{room_id}/files", status_code=201, summary="Announce a file")
@policy(idempotent=True, rate_limit="upload")
async def announce(
    room_id: UUID,
    body: FileIn,
    caller: CurrentCaller,
    files: FileService,
    base: BaseUrl,
    room: Annotated[Quota, quota("file_mb")],
) -> FileTicket:
    """Gives a ticket: `PUT` the file to `upload_url` with exactly `upload_headers`, then complete it. A message may
    have it after that, within a day."""
    async with room.spent(min(-(-body.size // 2**20), _LARGEST_MB)):
        file, ticket = await files.announce(caller, room_id, body, base)
    return FileTicket(
        file_id=file.id,
        upload_url=ticket.url,
        upload_headers=ticket.headers,
        upload_fields=ticket.fields,
        expires_at=ticket.expires_at,
    )


@router.post("/files/{file_id}/complete", summary="The file is there: look at it")
@policy(rate_limit="upload")
async def complete(file_id: UUID, caller: CurrentCaller, files: FileService) -> FileOut:
    """Pictures are made anew, upright, without place and time, at most 2048 × 2048. What is broken or infected is
    refused and removed. Calling it twice gives the same."""
    return file_out(described(await files.complete(caller, file_id)))


@router.delete("/files/{file_id}", status_code=204, summary="Take a file back that was not sent")
@policy()
async def discard(file_id: UUID, caller: CurrentCaller, files: FileService) -> None:
    """One's own that no message has; others go with their message."""
    await files.discard(caller, file_id)


@router.get(
    "/files/{file_id}",
    summary="A file's bytes",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}, PICTURE_TYPE: {}}, "description": "The file"}},
)
@policy(rate_limit="download")
async def content(file_id: UUID, caller: CurrentCaller, files: FileService) -> Response:
    """For members of the room. Anything but a picture comes as an attachment."""
    file = await files.get(caller, file_id)
    parts = files.content(file)
    first = await anext(parts, b"")  # what is missing is told before the answer has begun
    headers = {**_HEADERS, "Content-Length": str(file.size), "Content-Disposition": _disposition(file)}
    return StreamingResponse(_all(first, parts), headers=headers, media_type=file.content_type)


async def _all(first: bytes, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in parts:
        yield part


@router.get(
    "/files/{file_id}/thumbnail",
    summary="A picture, small",
    response_class=Response,
    responses={200: {"content": {PICTURE_TYPE: {}}, "description": "At most 480 × 480"}},
)
@policy(rate_limit="download")
async def thumbnail(file_id: UUID, caller: CurrentCaller, files: FileService) -> Response:
    file = await files.get(caller, file_id)
    headers = {**_HEADERS, "Content-Disposition": "inline"}
    return Response(await files.preview(file), headers=headers, media_type=PICTURE_TYPE)


def _disposition(file: RoomFile) -> str:
    return content_disposition(file.name, inline=file.kind == FileKind.IMAGE)
