"""``/api/v1/objects``: the local store's end of the presigned URLs. With S3, clients talk to S3 instead."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.requests import ClientDisconnect

from bunri.platform.http import policy
from bunri.platform.storage import LocalStorage, ObjectMissing, WrongSize
from bunri.platform.storage.signing import Grant

router = APIRouter(prefix="/api/v1/objects", tags=["objects"])

_AT_ONCE: Final = 2**20
"""Bytes of an object that is read in one go; a larger one is sent piece by piece."""
_SHOWN: Final = ("image/jpeg", "image/png", "image/webp")

Expires = Annotated[int, Query(ge=0, lt=2**40, description="Seconds since 1970")]
Signature = Annotated[str, Query(max_length=64)]


@router.put("/{key:path}", summary="Upload with a ticket", response_class=Response)
@policy(max_body=None, rate_limit="upload")
async def upload(
    key: str,
    request: Request,
    size: Annotated[int, Query(ge=0, lt=2**40, description="Bytes")],
    content_type: Annotated[str, Query(alias="type", max_length=100)],
    expires: Expires,
    signature: Signature,
) -> Response:
    """The `upload_url` of an analysis: send the photo with exactly the `upload_headers`. A ticket may be used again
    until it expires, or its analysis is started or dropped; the last upload counts."""
    storage: LocalStorage = request.app.state.storage
    grant = Grant("PUT", key, expires, size, content_type)
    storage.check_grant(grant, signature)
    if request.headers.get("content-length", str(size)) != str(size):
        raise WrongSize(expected=size)
    try:
        await storage.receive(grant, ", ".join(request.headers.getlist("content-type")), request.stream())
    except ClientDisconnect:
        raise WrongSize(expected=size) from None
    return Response()


@router.get("/{key:path}", summary="Look at an object", response_class=Response)
@policy(rate_limit="download")
async def look(key: str, request: Request, expires: Expires, signature: Signature) -> Response:
    """By a URL that a result gave out. It works without a token, until it expires."""
    storage: LocalStorage = request.app.state.storage
    storage.check_grant(Grant("GET", key, expires), signature)
    stat = await storage.stat(key)
    if stat is None:
        raise ObjectMissing
    headers = {
        "Cache-Control": "private, max-age=300",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline" if stat.content_type in _SHOWN else "attachment",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    }
    if stat.size > _AT_ONCE:
        return FileResponse(storage.path_of(key), media_type=stat.content_type, headers=headers)
    return Response(await storage.read(key, _AT_ONCE), media_type=stat.content_type, headers=headers)
