"""Attempts, and what is read from what providers send."""

import pytest

from bunri.platform.oauth.answers import challenge, clean_email, clean_name
from bunri.platform.oauth.protocol import Attempt, new_attempt


def test_no_two_secrets_are_alike() -> None:
    attempts = [new_attempt("https://x/") for _ in range(50)]
    secrets = {secret for each in attempts for secret in (each.state, each.nonce, each.code_verifier)}
    assert len(secrets) == 150
    assert {len(secret) for secret in secrets} == {43}


def test_randomness_is_an_argument() -> None:
    zeros = "A" * 43
    assert new_attempt("https://x/", bytes) == Attempt(zeros, zeros, zeros, "https://x/")


def test_the_challenge_is_that_of_the_standard() -> None:
    """RFC 7636, Appendix B."""
    attempt = Attempt("", "", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "")
    assert challenge(attempt) == {
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, None),
        ("", None),
        (" \u200b\n", None),
        ("초록이", "초록이"),
        ("a\u202eb\x00c\r\nd", "abcd"),
        ("가" * 300, "가" * 100),
    ],
)
def test_names(given: str | None, kept: str | None) -> None:
    assert clean_name(given) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, None),
        ("", None),
        ("green@naver.example", "green@naver.example"),
        ("green", None),
        ("a@b@c", None),
        ("a b@c", None),
        ("a@b\r\nBcc: c@d", None),
        ("a" * 250 + "@b.c", "a" * 250 + "@b.c"),
        ("a" * 251 + "@b.c", None),
    ],
)
def test_addresses(given: str | None, kept: str | None) -> None:
    assert clean_email(given) == kept
