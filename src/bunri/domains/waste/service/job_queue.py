"""Who waits for a worker that looks at photos, and who is next.

A message says that some photo waits; which one is looked at, the database knows. Photos wait by turns: a person's photo
gets the turn after that person's one before, but none that is over already. So a person with thousands of photos delays
another's by one photo (start-time fair queueing: Goyal, Vin & Cheng, SIGCOMM 1996).
"""

from datetime import timedelta
from uuid import UUID

from bunri.domains.waste.records import Job
from bunri.domains.waste.repository import WasteRepository


class JobQueue:
    """``shared``: by many people and workers. Otherwise one process has its own jobs, and does the one it is told."""

    def __init__(self, *, shared: bool = True) -> None:
        self.shared = shared

    async def claim(self, repository: WasteRepository, job_id: UUID, lease: timedelta) -> Job | None:
        """The next job, whichever it is that the message names; None when none waits."""
        if self.shared:
            return await repository.claim_next(lease)
        return await repository.claim(job_id, lease)
