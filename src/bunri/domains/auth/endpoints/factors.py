"""``/api/v1/auth/totp`` and ``/recovery-codes``: what is shown beside a password."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from bunri.domains.auth.endpoints.cookies import deliver
from bunri.domains.auth.public import Caller
from bunri.domains.auth.schemas import FactorCodesOut, FactorsOut, Tokens, TotpCodeIn, TotpOut
from bunri.domains.auth.service.totp_apps import TotpApps
from bunri.platform.http import policy, signed_in, use

router = APIRouter(prefix="/api/v1/auth", tags=["auth"])

CurrentCaller = Annotated[Caller, signed_in]
TotpService = Annotated[TotpApps, use(TotpApps)]
EndOthers = Annotated[bool, Query(description="Whether other devices are signed out.")]


@router.get("/factors", summary="What one can show beside the password")
async def factors(caller: CurrentCaller, apps: TotpService) -> FactorsOut:
    return await apps.factors(caller)


@router.post("/totp", status_code=201, summary="Add an authenticator app")
@policy(rate_limit="sign_in")
async def add_totp(caller: CurrentCaller, apps: TotpService, response: Response) -> TotpOut:
    """Shown once. It counts when a code of it is confirmed."""
    response.headers["Cache-Control"] = "no-store"
    return await apps.add(caller)


@router.post("/totp/confirm", summary="Confirm an authenticator app by a code")
@policy(rate_limit="sign_in")
async def confirm_totp(
    body: TotpCodeIn,
    caller: CurrentCaller,
    apps: TotpService,
    request: Request,
    response: Response,
    end_others: EndOthers = False,
) -> Tokens:
    """Signing in needs its codes from now on."""
    return deliver(await apps.confirm(caller, body.code, end_others=end_others), request, response)


@router.delete("/totp", status_code=204, summary="Remove the authenticator app")
@policy(rate_limit="sign_in")
async def remove_totp(caller: CurrentCaller, apps: TotpService, end_others: EndOthers = False) -> None:
    await apps.remove(caller, end_others=end_others)


@router.post("/recovery-codes", status_code=201, summary="Ten codes for a lost second factor")
@policy(rate_limit="sign_in")
async def new_recovery_codes(caller: CurrentCaller, apps: TotpService, response: Response) -> FactorCodesOut:
    """Shown once; they take the place of any before, and each works once."""
    response.headers["Cache-Control"] = "no-store"
    return await apps.new_recovery_codes(caller)
