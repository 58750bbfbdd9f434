"""What is counted of tasks."""

import pytest
from prometheus_client import REGISTRY

from bunri.kit.errors import Unavailable
from bunri.platform.queue.metrics import measured


class Away(Unavailable):
    code = "away"


def counted(task: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("bunri_tasks_total", {"task": task, "outcome": outcome}) or 0


def times(task: str) -> float:
    return REGISTRY.get_sample_value("bunri_task_seconds_count", {"task": task}) or 0


def test_a_task_that_ends_well_is_done() -> None:
    with measured("tests.well"):
        pass
    assert (counted("tests.well", "done"), times("tests.well")) == (1, 1)


@pytest.mark.parametrize(("error", "outcome"), [(Away(), "unavailable"), (KeyError("no"), "failed")])
def test_one_that_breaks_is_counted_and_its_error_goes_on(error: Exception, outcome: str) -> None:
    task = f"tests.{outcome}"
    with pytest.raises(type(error)), measured(task):
        raise error
    assert (counted(task, outcome), counted(task, "done"), times(task)) == (1, 0, 1)
