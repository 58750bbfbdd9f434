"""``/api/v1/learning/preferences``: what one wants of one's learning."""

from typing import Annotated

from fastapi import APIRouter

from bunri.domains.auth.public import Caller
from bunri.domains.learning.preferences import PreferencesChange, PreferencesOut
from bunri.domains.learning.service.preferences import Preferences
from bunri.platform.http import policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

CurrentCaller = Annotated[Caller, signed_in]
PreferenceService = Annotated[Preferences, use(Preferences)]


@router.get("/preferences", summary="What one wants of one's learning")
async def learning_preferences(caller: CurrentCaller, preferences: PreferenceService) -> PreferencesOut:
    return await preferences.of(caller)


@router.patch("/preferences", summary="Want something else of one's learning")
@policy()
async def change_learning_preferences(
    body: PreferencesChange, caller: CurrentCaller, preferences: PreferenceService
) -> PreferencesOut:
    """What was scheduled stays: each card follows at its next review."""
    return await preferences.change(caller, body)
