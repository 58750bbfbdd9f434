import pytest

from bench import worker_processes


class TestWorkerProcesses:
    def test_what_a_member_prints_is_no_answer(self) -> None:
        assert worker_processes.run("tests.bench.talkative", [{"says": "a line of a log"}]) == [{"said": True}]

    def test_what_is_done_when_all_are_ready_comes_first(self) -> None:
        done: list[str] = []
        worker_processes.run("tests.bench.talkative", [{"says": "hello"}] * 2, lambda: done.append("once"))
        assert done == ["once"]

    def test_a_member_that_cannot_begin_says_why(self) -> None:
        with pytest.raises(worker_processes.WorkerFailed, match="KeyError"):
            worker_processes.run("bench.load", [{"requests": []}])
