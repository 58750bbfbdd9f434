import pytest

from bench import crew


class TestCrew:
    def test_a_member_that_cannot_begin_says_why(self) -> None:
        with pytest.raises(crew.CrewFailed, match="KeyError"):
            crew.run("bench.load", [{"requests": []}])
