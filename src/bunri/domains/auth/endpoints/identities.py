"""``/api/v1/auth/identities``: accounts elsewhere by which one signs in."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter

from bunri.domains.auth.endpoints.factors import EndOthers
from bunri.domains.auth.endpoints.router import CurrentCaller
from bunri.domains.auth.schemas import IdentityOut
from bunri.domains.auth.service.identities import Identities
from bunri.platform.http import policy, use

router = APIRouter(prefix="/api/v1/auth/identities", tags=["auth"])

IdentityService = Annotated[Identities, use(Identities)]


@router.get("", summary="The accounts elsewhere one signs in with")
async def list_identities(caller: CurrentCaller, identities: IdentityService) -> Sequence[IdentityOut]:
    return await identities.of(caller)


@router.delete("/{provider}", status_code=204, summary="Sign in with it no more")
@policy(rate_limit="sign_in")
async def remove_identity(
    provider: Literal["kakao", "naver", "google"],
    caller: CurrentCaller,
    identities: IdentityService,
    end_others: EndOthers = False,
) -> None:
    """The connection is ended at the provider, too, where that can be done. The only way to sign in stays."""
    await identities.remove(caller, provider, end_others=end_others)
