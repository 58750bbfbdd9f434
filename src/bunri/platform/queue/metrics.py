"""What an operator watches of tasks. Each worker counts its own."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import Counter, Histogram

from bunri.kit.errors import Unavailable

TASKS: Final = Counter(
    "bunri_tasks_total",
    "Tasks by how they ended: done, unavailable (something they need is away; most are tried again), failed, late.",
    ("task", "outcome"),
)
TASK_SECONDS: Final = Histogram(
    "bunri_task_seconds",
    "Time that a task took, whatever its end.",
    ("task",),
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600),
)


@contextmanager
def measured(task: str) -> Iterator[None]:
    """Counts and times one run."""
    outcome, started = "done", time.perf_counter()
    try:
        yield
    except Unavailable:
        outcome = "unavailable"
        raise
    except BaseException:
        outcome = "failed"
        raise
    finally:
        TASKS.labels(task, outcome).inc()
        TASK_SECONDS.labels(task).observe(time.perf_counter() - started)
