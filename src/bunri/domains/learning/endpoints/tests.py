"""``/api/v1/learning/tests``: the weekly test."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from bunri.domains.auth.public import Caller
from bunri.domains.learning.service.weekly_tests import WeeklyTests
from bunri.domains.learning.weekly_test import (
    CompleteIn,
    WeeklyTestAnswerIn,
    WeeklyTestBrief,
    WeeklyTestOut,
    WeeklyTestQuestionOut,
)
from bunri.platform.http import BaseUrl, policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

CurrentCaller = Annotated[Caller, signed_in]
TestService = Annotated[WeeklyTests, use(WeeklyTests)]


@router.post("/tests", status_code=201, summary="This week's test")
@policy(idempotent=True, rate_limit="costly")
async def make_test(caller: CurrentCaller, tests: TestService, base_url: BaseUrl) -> WeeklyTestOut:
    """Made from what one reviewed in the last four weeks. There is one a week: asked for again, it is the same."""
    return await tests.make(caller, base_url)


@router.get("/tests", summary="One's tests")
async def list_tests(
    caller: CurrentCaller,
    tests: TestService,
    before: Annotated[date | None, Query(description="Those of weeks before this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[WeeklyTestBrief]:
    """The newest first."""
    return await tests.listed(caller, before, limit)


@router.get("/tests/{test_id}", summary="One test")
async def get_test(test_id: UUID, caller: CurrentCaller, tests: TestService, base_url: BaseUrl) -> WeeklyTestOut:
    return await tests.get(caller, test_id, base_url)


@router.post("/tests/{test_id}/answers", summary="Answer a question")
@policy()
async def answer_question(
    test_id: UUID, body: WeeklyTestAnswerIn, caller: CurrentCaller, tests: TestService, base_url: BaseUrl
) -> WeeklyTestQuestionOut:
    """The first answer stays: another one gives back what became of the first."""
    return await tests.answer(caller, test_id, body, base_url)


@router.post("/tests/{test_id}/complete", summary="Complete a test")
@policy()
async def complete_test(
    test_id: UUID, body: CompleteIn, caller: CurrentCaller, tests: TestService, base_url: BaseUrl
) -> WeeklyTestOut:
    """What is not answered is wrong. What was wrong comes back today only with `repeat_wrong`. Once more does no
    harm."""
    return await tests.complete(caller, test_id, repeat_wrong=body.repeat_wrong, base_url=base_url)
