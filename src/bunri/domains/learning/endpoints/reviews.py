"""``/api/v1/learning/due`` and reviews."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from bunri.domains.auth.public import Caller
from bunri.domains.learning.schemas import BatchIn, BatchOut, DueOut, Overrule, ReviewIn, ReviewOut
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.platform.http import BaseUrl, policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

CurrentCaller = Annotated[Caller, signed_in]
ReviewService = Annotated[Reviewing, use(Reviewing)]


@router.get("/due", summary="What is to be reviewed now")
async def due(
    caller: CurrentCaller,
    reviewing: ReviewService,
    base_url: BaseUrl,
    response: Response,
    deck_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DueOut:
    """In order: steps of minutes, due cards (those that are likeliest forgotten first), new ones. The counts are those
    of what is really asked today."""
    response.headers["Cache-Control"] = "no-store"
    return await reviewing.due(caller, deck_id, limit, base_url)


@router.post("/cards/{card_id}/reviews", status_code=201, summary="Review a card")
@policy()
async def review(
    card_id: UUID, body: ReviewIn, caller: CurrentCaller, reviewing: ReviewService, base_url: BaseUrl
) -> ReviewOut:
    """The same `id` twice is once."""
    return await reviewing.review(caller, card_id, body, base_url)


@router.post("/reviews/batch", summary="Send what was reviewed without a network")
@policy(max_body=2**20)
async def review_batch(body: BatchIn, caller: CurrentCaller, reviewing: ReviewService) -> BatchOut:
    """Up to 500, in any order; once more does no harm."""
    return await reviewing.batch(caller, body)


@router.patch("/reviews/{review_id}", summary="Overrule a rating")
@policy()
async def overrule_review(
    review_id: UUID, body: Overrule, caller: CurrentCaller, reviewing: ReviewService, base_url: BaseUrl
) -> ReviewOut:
    return await reviewing.overrule(caller, review_id, body.rating, base_url)


@router.delete("/reviews/{review_id}", status_code=204, summary="Take the newest review back")
@policy()
async def undo_review(review_id: UUID, caller: CurrentCaller, reviewing: ReviewService) -> None:
    """Card, counts, statistics are as before. Once more does no harm."""
    await reviewing.undo(caller, review_id)
