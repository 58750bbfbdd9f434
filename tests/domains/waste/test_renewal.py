"""Old mirrors against their rows."""

import asyncio

import pytest
from tests.domains.waste.conftest import Workplace
from tests.support.pictures import jpeg

from bunri.domains.waste import board as boards
from bunri.domains.waste.board import Board
from bunri.domains.waste.models import Job
from bunri.domains.waste.service.renewal import Renewal
from bunri.domains.waste.states import State
from bunri.kit.ids import new_id


@pytest.fixture
def board(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Board:
    """Of which nothing is fresh."""
    monkeypatch.setattr(boards, "FRESH", -1.0)
    return Board(workplace.container.cache("jobs"))


async def settled() -> None:
    """Waits for the renewal, which nobody else waits for."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait([task for task in others if "Renewal" in str(task.get_coro())], timeout=5)


async def test_what_the_rows_say_decides(workplace: Workplace, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    true, wrong = await workplace.begins(jpeg(9300)), await workplace.begins(jpeg(9301))
    lost = Job(id=new_id(), owner=workplace.owner, state=State.SEEING, language="ko")
    claims = Job(id=wrong.id, owner=workplace.owner, state=State.SEEING, language="ko")
    with monkeypatch.context() as long_ago:
        long_ago.setattr("bunri.domains.waste.board.time.time", lambda: 1_000_000.0)
        for job in (true, claims, lost):
            await board.show(job)
    before = await written(workplace, true)
    renewed = workplace.container.get(Renewal)
    for job in (true, wrong, lost, true):
        renewed.ask(job.id)
    await settled()
    after = await written(workplace, true)
    assert before is not None
    assert after is not None
    assert before[1] == 1_000_000.0 < after[1]
    assert after[0] == before[0]
    assert await written(workplace, wrong) is None
    assert await written(workplace, lost) is None


async def written(workplace: Workplace, job: Job) -> tuple[bytes, float] | None:
    """The mirror's document, and when it was written."""
    value = await workplace.container.cache("jobs").get(f"job:{job.id}:progress")
    if value is None:
        return None
    _, moment, document = value.split(b"\n", 2)
    return document, float(moment)
