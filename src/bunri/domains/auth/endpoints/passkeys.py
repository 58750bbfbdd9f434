"""``/api/v1/auth/passkeys``: sign in without a password."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from bunri.domains.auth.endpoints.cookies import deliver
from bunri.domains.auth.endpoints.factors import EndOthers
from bunri.domains.auth.endpoints.router import CallerIfAny, CurrentCaller, CurrentDevice
from bunri.domains.auth.schemas import PasskeyAnswerIn, PasskeyIn, PasskeyOptions, PasskeyOut, Tokens
from bunri.domains.auth.service.challenges import PasskeyAnswer
from bunri.domains.auth.service.passkeys import Passkeys
from bunri.platform.http import policy, use

router = APIRouter(prefix="/api/v1/auth/passkeys", tags=["auth"])

PasskeyService = Annotated[Passkeys, use(Passkeys)]


@router.get("", summary="The passkeys one has")
async def list_passkeys(caller: CurrentCaller, passkeys: PasskeyService) -> list[PasskeyOut]:
    return await passkeys.of(caller)


@router.post("/registration/options", summary="Begin to add a passkey")
@policy(rate_limit="sign_in")
async def registration_options(
    caller: CurrentCaller, passkeys: PasskeyService, request: Request, response: Response
) -> PasskeyOptions:
    """A guest becomes an account by it. The challenge is good once, for five minutes."""
    response.headers["Cache-Control"] = "no-store"
    return await passkeys.registration_options(caller, request.headers.get("origin"))


@router.post("/registration/verify", status_code=201, summary="Add a passkey")
@policy(rate_limit="sign_in")
async def add(
    body: PasskeyIn,
    caller: CurrentCaller,
    passkeys: PasskeyService,
    request: Request,
    response: Response,
    end_others: EndOthers = False,
) -> Tokens:
    answer = PasskeyAnswer(body.request, body.credential)
    return deliver(await passkeys.add(caller, answer, body.name, end_others=end_others), request, response)


@router.post("/authentication/options", summary="Begin to sign in by a passkey")
@policy(rate_limit="sign_in")
async def authentication_options(passkeys: PasskeyService, request: Request, response: Response) -> PasskeyOptions:
    """Nobody says who they are: the passkey does."""
    response.headers["Cache-Control"] = "no-store"
    return await passkeys.authentication_options(request.headers.get("origin"))


@router.post("/authentication/verify", summary="Sign in by a passkey")
@policy(rate_limit="sign_in")
async def sign_in(
    body: PasskeyAnswerIn,
    passkeys: PasskeyService,
    device: CurrentDevice,
    caller: CallerIfAny,
    request: Request,
    response: Response,
) -> Tokens:
    """With a guest's token, that guest's things come along; with one's own, it shows anew who one is."""
    answer = PasskeyAnswer(body.request, body.credential)
    return deliver(await passkeys.sign_in(answer, device, caller), request, response)


@router.delete("/{passkey_id}", status_code=204, summary="Remove a passkey")
@policy(rate_limit="sign_in")
async def remove(
    passkey_id: UUID, caller: CurrentCaller, passkeys: PasskeyService, end_others: EndOthers = False
) -> None:
    await passkeys.remove(caller, passkey_id, end_others=end_others)
