"""``POST /api/v1/learning/cards/check``."""

from typing import Annotated

from fastapi import APIRouter

from bunri.domains.auth.public import Caller
from bunri.domains.learning.checking import CheckIn, CheckOut
from bunri.domains.learning.service.checking import Checking
from bunri.platform.http import PreferredLanguage, policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])


@router.post("/cards/check", summary="Check a card before it is written")
@policy(rate_limit="costly")
async def check_card(
    body: CheckIn,
    caller: Annotated[Caller, signed_in],
    checking: Annotated[Checking, use(Checking)],
    language: PreferredLanguage,
) -> CheckOut:
    """Facts, logic, title: by the rule table, and by a language model where there is one. Nothing is kept."""
    return await checking.check(caller, body, language)
