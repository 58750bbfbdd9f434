"""``/api/v1/songs``."""

from typing import Annotated

from fastapi import APIRouter
from tests.app.toy.songs.public import Song
from tests.app.toy.songs.service import SongIn, SongsService

from bunri.domains.auth.public import Caller
from bunri.platform.http import policy, signed_in, use

Songs = Annotated[SongsService, use(SongsService)]
Person = Annotated[Caller, signed_in]

router = APIRouter(prefix="/api/v1/songs", tags=["songs"])


@router.get("", summary="My songs")
async def songs(caller: Person, service: Songs) -> list[Song]:
    return await service.of(caller.id)


@router.post("", status_code=201, summary="Sing")
@policy(idempotent=True, max_body=200)
async def sing(body: SongIn, caller: Person, service: Songs) -> dict[str, str]:
    return await service.sing(caller, body)
