"""What an attacker has seen."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from bench.worker_processes import Plan

STRANGER: Final = "127.0.0.2"
"""The attackers' address; bystanders have 127.0.0.1."""


@dataclass
class Found:
    """``began`` and ``ended`` are of the clock that all processes of a machine share (time.monotonic)."""

    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    seen: Counter[str] = field(default_factory=Counter)
    """How often what was seen: statuses, codes, bytes."""
    wrong: Counter[str] | None = None
    """What should not have been answered; None where every answer is right."""
    slowest: float | None = None
    """Seconds until the slowest of the hostile photos was refused or answered."""

    def document(self) -> dict[str, Any]:
        wrong = None if self.wrong is None else dict(self.wrong)
        return {
            "began": self.began,
            "ended": self.ended,
            "seen": dict(self.seen),
            "wrong": wrong,
            "slowest": self.slowest,
        }


Attack = Callable[[Plan], Callable[[], Found]]
