"""A worker that kills itself with SIGKILL, once for each job whose note says where: ``die:vision``.

Run as ``python -m tests.faults.mortal QUEUE,QUEUE MARKS``; in the folder MARKS it remembers where it has died already.
"""

import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bunri.app.settings import Settings
from bunri.app.worker import work
from bunri.domains.recycling.explaining import Explaining
from bunri.domains.recycling.public import Advice, ExplainRequested, Facts
from bunri.domains.recycling.service import RecyclingService
from bunri.domains.waste.records import Job
from bunri.domains.waste.service.transitions import Transitions
from bunri.domains.waste.states import Stage
from bunri.domains.waste.status_cache import StatusCache
from bunri.kit.languages import Language
from bunri.platform.db.outbox import Relay, Staged

ON_THE_WAY = ("send", "advice", "advised")
"""Places on the way through the queue of recycling."""


def main(queues: list[str], marks: Path) -> int:
    def die(note: str | None, place: str) -> None:
        mark = marks / place
        if note == f"die:{place}" and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    at_stage, explain, send_now = StatusCache.stage, Explaining.explain, Relay.send_now
    announce, advise = Transitions.announce, RecyclingService.advise_at_once

    @asynccontextmanager
    async def mortal_stage(self: StatusCache, job: Job, stage: Stage) -> AsyncIterator[None]:
        await self.publish_status(job, stage)
        die(job.note, str(stage))
        async with at_stage(self, job, stage):
            yield

    async def mortal_announce(self: Transitions, job: Job) -> None:
        die(job.note, "announce")
        await announce(self, job)

    async def mortal_advise(
        self: RecyclingService, facts: Sequence[Facts], language: Language, region: str | None
    ) -> list[Advice] | None:
        """As where a language model writes, for those jobs whose worker dies on that way."""
        later = facts[0].words in {f"die:{place}" for place in ON_THE_WAY}
        return None if later else await advise(self, facts, language, region)

    async def mortal_explain(self: Explaining, request: ExplainRequested) -> None:
        die(request.facts[0].words, "advice")
        await explain(self, request)
        die(request.facts[0].words, "advised")

    async def mortal_send(self: Relay, events: Sequence[Staged]) -> None:
        die(_words(events[0][2]), "send")
        await send_now(self, events)

    StatusCache.stage = mortal_stage  # type: ignore[method-assign]
    Transitions.announce = mortal_announce  # type: ignore[method-assign]
    RecyclingService.advise_at_once = mortal_advise  # type: ignore[method-assign]
    Explaining.explain = mortal_explain  # type: ignore[method-assign]
    Relay.send_now = mortal_send  # type: ignore[method-assign]
    return work(Settings(), queues)


def _words(payload: dict[str, Any]) -> str | None:
    facts = payload.get("facts") or [{}]
    words: str | None = facts[0].get("words")
    return words


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].split(","), Path(sys.argv[2])))
