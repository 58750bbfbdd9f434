"""``/api/v1/learning/decks/{id}/week``: what those who learn a deck together did of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from bunri.domains.auth.public import Caller
from bunri.domains.learning.deck_weeks import DeckWeekOut, ShowWeek
from bunri.domains.learning.service.deck_weeks import DeckWeeks
from bunri.platform.http import policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

CurrentCaller = Annotated[Caller, signed_in]
WeekService = Annotated[DeckWeeks, use(DeckWeeks)]


@router.get("/decks/{deck_id}/week", summary="Who learned how much of it this week")
async def deck_week(deck_id: UUID, caller: CurrentCaller, weeks: WeekService) -> DeckWeekOut:
    """Oneself, and those who show it."""
    return await weeks.of(caller, deck_id)


@router.put("/decks/{deck_id}/week", status_code=204, summary="Show one's week to the others, or no longer")
@policy()
async def show_deck_week(deck_id: UUID, body: ShowWeek, caller: CurrentCaller, weeks: WeekService) -> None:
    await weeks.show(caller, deck_id, body.shown)
