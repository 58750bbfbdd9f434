"""Compares mirrors that have grown old with their rows, many at a time.

Without it, 500 people whose jobs began in the same second would all look at their rows in the same half second.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final
from uuid import UUID

import structlog

from bunri.domains.waste.board import Board
from bunri.domains.waste.repository import WasteRepository
from bunri.kit.errors import Unavailable

log = structlog.get_logger(__name__)

AT_ONCE: Final = 200


class Renewal:
    """One a process. ``ask`` returns at once; what it is asked twice it does once."""

    def __init__(self, begin: Callable[[], AbstractAsyncContextManager[WasteRepository]], board: Board) -> None:
        self._begin = begin
        self._board = board
        self._asked: set[UUID] = set()
        self._working: asyncio.Task[None] | None = None

    def ask(self, job_id: UUID) -> None:
        """The job's mirror has been believed for too long."""
        self._asked.add(job_id)
        if self._working is None or self._working.done():
            self._working = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        while self._asked:
            jobs = [self._asked.pop() for _ in range(min(AT_ONCE, len(self._asked)))]
            try:
                async with self._begin() as repository:
                    states = await repository.states_of(jobs)
            except Unavailable as error:  # polls find the mirror too old, ask the row themselves and say so
                log.warning("renewal.skipped", reason=str(error))
                return
            for job_id in jobs:
                await self._board.renew(job_id, states.get(job_id))
