"""A worker that kills itself with SIGKILL, once for each job whose note says where: ``die:vision``.

Run as ``python -m tests.faults.mortal QUEUE,QUEUE MARKS``; in the folder MARKS it remembers where it has died already.
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bunri.app.settings import Settings
from bunri.app.worker import work
from bunri.domains.recycling.explaining import Explaining
from bunri.domains.recycling.public import ExplainRequested
from bunri.domains.waste.records import Job
from bunri.domains.waste.states import Stage
from bunri.domains.waste.status_cache import StatusCache
from bunri.platform.db.outbox import Relay, Staged


def main(queues: list[str], marks: Path) -> int:
    def die(note: str | None, place: str) -> None:
        mark = marks / place
        if note == f"die:{place}" and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    publish, explain, send_now = StatusCache.publish_status, Explaining.explain, Relay.send_now

    async def mortal_publish(self: StatusCache, job: Job, stage: Stage | None = None) -> None:
        await publish(self, job, stage)
        die(job.note, str(stage))

    async def mortal_explain(self: Explaining, request: ExplainRequested) -> None:
        die(request.facts[0].words, "advice")
        await explain(self, request)
        die(request.facts[0].words, "advised")

    async def mortal_send(self: Relay, events: Sequence[Staged]) -> None:
        die(_words(events[0][2]), "send")
        await send_now(self, events)

    StatusCache.publish_status = mortal_publish  # type: ignore[method-assign]
    Explaining.explain = mortal_explain  # type: ignore[method-assign]
    Relay.send_now = mortal_send  # type: ignore[method-assign]
    return work(Settings(), queues)


def _words(payload: dict[str, Any]) -> str | None:
    facts = payload.get("facts") or [{}]
    words: str | None = facts[0].get("words")
    return words


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].split(","), Path(sys.argv[2])))
