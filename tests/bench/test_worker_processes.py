import pytest

from bench import worker_processes


class TestWorkerProcesses:
    def test_what_a_member_prints_is_no_answer(self) -> None:
        assert worker_processes.run("tests.bench.talkative", [{"says": "a line of a log"}]) == [{"said": True}]

    def test_a_member_that_cannot_begin_says_why(self) -> None:
        with pytest.raises(worker_processes.WorkerFailed, match="KeyError"):
            worker_processes.run("bench.load", [{"requests": []}])
