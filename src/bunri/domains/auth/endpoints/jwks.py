"""``/.well-known/jwks.json``: the public halves of the keys that sign access tokens (RFC 7517)."""

from typing import Annotated

from fastapi import APIRouter, Response

from bunri.domains.auth.service.sessions import Sessions
from bunri.platform.http import use

router = APIRouter(tags=["auth"])


@router.get("/.well-known/jwks.json", summary="Keys of the access tokens")
async def keys(sessions: Annotated[Sessions, use(Sessions)], response: Response) -> dict[str, list[dict[str, str]]]:
    """For whoever checks tokens without asking us. A new key comes each quarter, and is here a quarter before."""
    response.headers["Cache-Control"] = "public, max-age=3600"
    return sessions.public_keys()
