"""``/api/v1/learning/stats``: how one's learning goes."""

from typing import Annotated

from fastapi import APIRouter, Response

from bunri.domains.auth.public import Caller
from bunri.domains.learning.progress import StatsOut
from bunri.domains.learning.service.statistics import Statistics
from bunri.platform.http import signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])


@router.get("/stats", summary="How one's learning goes")
async def learning_stats(
    caller: Annotated[Caller, signed_in], statistics: Annotated[Statistics, use(Statistics)], response: Response
) -> StatsOut:
    """In the caller's study days: a review at half past one at night counts for the evening before it."""
    response.headers["Cache-Control"] = "no-store"
    return await statistics.of(caller)
