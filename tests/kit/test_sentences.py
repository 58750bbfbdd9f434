"""What a person is told."""

from bunri.kit.errors import BunriError, Limited, Missing
from bunri.kit.sentences import sentence


class JobLost(Missing):
    code = "a_code_no_catalogue_has"


def test_an_error_has_its_own_sentence() -> None:
    assert sentence(Missing(), "en") == "It does not exist, or it belongs to someone else."


def test_an_unknown_code_speaks_for_its_kind() -> None:
    assert sentence(JobLost(), "en") == sentence(Missing(), "en")


def test_missing_data_never_breaks_the_answer() -> None:
    assert sentence(Limited(), "en") == sentence(BunriError(), "en")
