"""``/api/v1/users``: one's profile, one's picture, what is kept of one, and leaving."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from bunri.domains.auth.public import AuthPublic, Caller
from bunri.domains.users.public import MailKind
from bunri.domains.users.schemas import Deleted, ExportOut, Me, MeIn
from bunri.domains.users.service.avatars import Avatars
from bunri.domains.users.service.exports import Exports
from bunri.domains.users.service.profiles import Profiles
from bunri.platform.http import BaseUrl, policy, signed_in, use

router = APIRouter(prefix="/api/v1/users", tags=["users"])

CurrentCaller = Annotated[Caller, signed_in]
Auth = Annotated[AuthPublic, use(AuthPublic)]
ProfileService = Annotated[Profiles, use(Profiles)]
AvatarService = Annotated[Avatars, use(Avatars)]
ExportService = Annotated[Exports, use(Exports)]
Token = Annotated[str, Query(min_length=20, max_length=200)]

LARGEST_PICTURE: Final = 50 * 2**20
"""More than any setting allows; the setting refuses with a sentence."""


@router.get("/me", summary="Who one is, and what one has said of oneself")
async def me(caller: CurrentCaller, profiles: ProfileService, response: Response) -> Me:
    response.headers["Cache-Control"] = "no-store"
    return await profiles.me(caller)


@router.patch("/me", summary="Change what one has said of oneself")
@policy()
async def change(body: MeIn, caller: CurrentCaller, profiles: ProfileService, response: Response) -> Me:
    """What is left out stays as it is. A new name is in the access token after its next refresh."""
    response.headers["Cache-Control"] = "no-store"
    return await profiles.change(caller, body)


@router.delete("/me", summary="Have everything erased")
@policy(rate_limit="sign_in")
async def delete(caller: CurrentCaller, auth: Auth, response: Response) -> Deleted:
    """A guest at once, an account after two weeks, in which signing in keeps it. All sessions end. An account has to
    have shown within ten minutes that it is its owner (`reauthenticate`)."""
    erased_at = await auth.delete(caller)
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return Deleted(erased_at=erased_at)


# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.put(
    "/me/avatar",
    summary="Show a picture of oneself",
    openapi_extra={"requestBody": {"required": True, "content": {"image/*": {"schema": {"type": "string"}}}}},
)
@policy(max_body=LARGEST_PICTURE, rate_limit="picture")
async def show(request: Request, caller: CurrentCaller, avatars: AvatarService, profiles: ProfileService) -> Me:
    """The bytes of a JPEG, PNG, WebP or HEIC. Its middle square is kept, 256 × 256, without place and time."""
    await avatars.show(caller, await request.body())
    return await profiles.me(caller)


@router.delete("/me/avatar", status_code=204, summary="Show no picture any more")
@policy()
async def hide(caller: CurrentCaller, avatars: AvatarService) -> None:
    await avatars.remove(caller)


@router.get("/avatars/{avatar_id}", summary="Somebody's picture", response_class=Response)
@policy(rate_limit="download")
async def look(avatar_id: UUID, avatars: AvatarService) -> Response:
    """For whoever knows its address, as neighbours do; a new picture has a new one."""
    return Response(
        await avatars.read(avatar_id),
        media_type="image/webp",
        headers={"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"},
    )


# ── what is kept ──────────────────────────────────────────────────────────────────────────────────────────────────────


@router.post("/me/exports", status_code=202, summary="Ask for everything that is kept of one")
@policy(rate_limit="mail")
async def ask(caller: CurrentCaller, exports: ExportService, base_url: BaseUrl, response: Response) -> ExportOut:
    """One ZIP file of JSON and pictures, to be fetched for a day. An account has to have shown within ten minutes that
    it is its owner (`reauthenticate`)."""
    asked = await exports.ask(caller, base_url)
    response.headers["Location"] = f"/api/v1/users/me/exports/{asked.id}"
    response.headers["Cache-Control"] = "no-store"
    return asked


@router.get("/me/exports", summary="What was asked for")
async def asked(
    caller: CurrentCaller, exports: ExportService, base_url: BaseUrl, response: Response
) -> list[ExportOut]:
    response.headers["Cache-Control"] = "no-store"
    return await exports.of(caller, base_url)


@router.get("/me/exports/{export_id}", summary="How far it is, and where to fetch it")
@policy(rate_limit="poll")
async def progress(
    export_id: UUID, caller: CurrentCaller, exports: ExportService, base_url: BaseUrl, response: Response
) -> ExportOut:
    response.headers["Cache-Control"] = "no-store"
    return await exports.get(caller, export_id, base_url)


@router.delete("/me/exports/{export_id}", status_code=204, summary="Remove it before its time")
@policy()
async def remove(export_id: UUID, caller: CurrentCaller, exports: ExportService) -> None:
    await exports.remove(caller, export_id)


# ── mails ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/unsubscribe", summary="Where a mail's address leads a browser", status_code=303, response_class=Response)
async def unsubscribe_page(token: Token) -> RedirectResponse:
    """Changes nothing: programs that look through mail open addresses, too."""
    return RedirectResponse(f"/account/unsubscribe#{token}", 303)


@router.post("/unsubscribe", summary="Get no mails of that kind any more")
@policy()
async def unsubscribe(token: Token, profiles: ProfileService) -> dict[str, MailKind]:
    """RFC 8058: one click in the mail program. The token is the mail's own and opens nothing else."""
    return {"kind": await profiles.unsubscribe(token)}
