"""Reads the pictures of a request, from a form or from the body itself. Sizes are checked before anything is parsed."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import BinaryIO, Final, cast

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from bunri.domains.detection.errors import (
    NoPicture,
    PartUnknown,
    PicturesTooLarge,
    TooManyPictures,
    UploadBroken,
    UploadTooSlow,
    UploadUnsupported,
)
from bunri.domains.detection.public import EncodedPicture
from bunri.domains.detection.settings import DetectionSettings
from bunri.kit.media_types import essence

FORM: Final = "multipart/form-data"
BYTES: Final = "application/octet-stream"
PARTS: Final = ("file", "files")
_SPOOLED: Final = 2**20
_LONGEST_NAME: Final = 200
_MOST_PARTS: Final = 100
"""Higher than the limit on pictures, so that most requests over it get the error that names the limit."""


@asynccontextmanager
async def received(request: Request, settings: DetectionSettings) -> AsyncIterator[Sequence[EncodedPicture]]:
    """The pictures of a request, open until the block ends.

    Raises UploadUnsupported, PicturesTooLarge, TooManyPictures, NoPicture, PartUnknown, UploadBroken, UploadTooSlow.
    """
    with tempfile.SpooledTemporaryFile(_SPOOLED) as spool:
        form = await _arrived(request, cast(BinaryIO, spool), settings)
        if form is None:
            yield [EncodedPicture(cast(BinaryIO, spool))]
            return
        try:
            yield _parts(form, settings)
        finally:
            await form.close()


async def _arrived(request: Request, spool: BinaryIO, settings: DetectionSettings) -> FormData | None:
    """The form, or None when the body itself is the picture and now in ``spool``."""
    kind = _kind(request)
    try:
        async with asyncio.timeout(settings.upload_s):
            if kind == FORM:
                return await _form(request, settings)
            await _spool(request, spool, settings.max_photo_mb)
            return None
    except TimeoutError:
        raise UploadTooSlow(seconds=round(settings.upload_s)) from None
    except ClientDisconnect:
        raise UploadBroken from None


def _kind(request: Request) -> str:
    """What the body says it is; nothing said is taken as bytes (RFC 9110 §8.3). Raises UploadUnsupported."""
    written = ", ".join(request.headers.getlist("content-type"))
    kind = essence(written) if written else BYTES
    if kind is None or not (kind in (FORM, BYTES) or kind.startswith("image/")):
        raise UploadUnsupported
    return kind


async def _form(request: Request, settings: DetectionSettings) -> FormData:
    stream = _bounded(request, settings.max_total_mb)
    try:
        return await MultiPartParser(request.headers, stream, max_files=_MOST_PARTS, max_fields=_MOST_PARTS).parse()
    except (MultiPartException, KeyError, ValueError) as error:  # the last two: a form without a sane boundary
        raise UploadBroken from error


async def _spool(request: Request, spool: BinaryIO, limit_mb: int) -> None:
    async for chunk in _bounded(request, limit_mb):
        spool.write(chunk)
    if not spool.tell():
        raise NoPicture
    spool.seek(0)


async def _bounded(request: Request, limit_mb: int) -> AsyncGenerator[bytes, None]:
    """The body as it comes. Raises PicturesTooLarge as soon as its declared or actual size is too large."""
    left = limit_mb * 2**20
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > left:
        raise PicturesTooLarge(limit_mb=limit_mb)
    async for chunk in request.stream():
        left -= len(chunk)
        if left < 0:
            raise PicturesTooLarge(limit_mb=limit_mb)
        yield chunk


def _parts(form: FormData, settings: DetectionSettings) -> Sequence[EncodedPicture]:
    parts = form.multi_items()
    for name, part in parts:
        if name not in PARTS or not isinstance(part, UploadFile):
            raise PartUnknown(name=name[:40])
    if not parts:
        raise NoPicture
    if len(parts) > settings.max_pictures:
        raise TooManyPictures(limit=settings.max_pictures)
    return [
        EncodedPicture(part.file, (part.filename or "")[:_LONGEST_NAME] or None)
        for _, part in parts
        if isinstance(part, UploadFile)
    ]
