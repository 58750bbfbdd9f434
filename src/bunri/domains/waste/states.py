"""The life of an analysis (contracts.md, "The analysis pipeline"). Pure.

created ─→ uploaded ─→ seeing ─→ explaining ─→ done | asked ─(answer)─→ done
   └───────────┴──────────┴──────────┴──→ failed | cancelled
"""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    CREATED = "created"
    UPLOADED = "uploaded"
    SEEING = "seeing"
    EXPLAINING = "explaining"
    DONE = "done"
    ASKED = "asked"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN: Final = (State.CREATED, State.UPLOADED, State.SEEING)
"""Their photo is in the object store, or may come there at any moment."""
RUNNING: Final = (State.UPLOADED, State.SEEING, State.EXPLAINING)
ANSWERED: Final = (State.DONE, State.ASKED)
ENDED: Final = (*ANSWERED, State.FAILED, State.CANCELLED)


class Stage(StrEnum):
    """Where a running analysis is; each has its percentage (COACH-5)."""

    PENDING = "pending"
    DOWNLOAD = "download"
    HASH = "hash"
    CACHE = "cache"
    PREPROCESS = "preprocess"
    VISION = "vision"
    FUSE = "fuse"
    EXPLAIN = "explain"
    CHECK = "check"
    LOCATIONS = "locations"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def progress(self) -> int:
        return _PROGRESS[self]


_PROGRESS: Final = {
    Stage.PENDING: 0,
    Stage.DOWNLOAD: 10,
    Stage.HASH: 20,
    Stage.CACHE: 30,
    Stage.PREPROCESS: 40,
    Stage.VISION: 50,
    Stage.FUSE: 60,
    Stage.EXPLAIN: 70,
    Stage.CHECK: 80,
    Stage.LOCATIONS: 90,
    Stage.DONE: 100,
    Stage.FAILED: -1,
    Stage.CANCELLED: -1,
}

FIRST_STAGE: Final = {
    State.CREATED: Stage.PENDING,
    State.UPLOADED: Stage.PENDING,
    State.SEEING: Stage.DOWNLOAD,
    State.EXPLAINING: Stage.EXPLAIN,
    State.DONE: Stage.DONE,
    State.ASKED: Stage.DONE,
    State.FAILED: Stage.FAILED,
    State.CANCELLED: Stage.CANCELLED,
}
"""What the row alone says of the stage, when Valkey has forgotten the details."""
