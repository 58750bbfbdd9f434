"""``/api/v1/auth``: guests sign in with a name only."""

from typing import Annotated

from fastapi import APIRouter, Response

from bunri.domains.auth.schemas import GuestIn, RefreshIn, Tokens
from bunri.domains.auth.service import AuthService
from bunri.platform.http import policy, use

router = APIRouter(prefix="/api/v1/auth", tags=["auth"])

Auth = Annotated[AuthService, use(AuthService)]


@router.post("/guest", status_code=201, summary="Sign in with a name only")
@policy(rate_limit="guest")
async def guest(body: GuestIn, auth: Auth, response: Response) -> Tokens:
    """No sign-up, no password. The guest's id starts with `guest_`."""
    response.headers["Cache-Control"] = "no-store"
    return await auth.sign_in_guest(body.username)


@router.post("/refresh", summary="New tokens for a refresh token")
@policy(rate_limit="refresh")
async def refresh(body: RefreshIn, auth: Auth, response: Response) -> Tokens:
    """The refresh token changes each time; using an old one again ends the session."""
    response.headers["Cache-Control"] = "no-store"
    return await auth.refresh(body.refresh_token)
