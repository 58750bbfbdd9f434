"""Which passwords are taken, and what is kept of them."""

import asyncio
import unicodedata
from collections.abc import Iterator

import pytest

from bunri.domains.auth.errors import PasswordCommon, PasswordLength, PasswordPersonal, SignInBusy
from bunri.domains.auth.passwords import WAITING, Passwords, check_acceptable


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    """As the product has them."""
    made = Passwords()
    yield made
    made.close()


class TestAcceptable:
    @pytest.mark.parametrize(
        "password",
        [
            "correct horse",
            "ㅁㄴㅇㄹㅁㄴㅇㄹ1",
            "한글로 쓴 긴 비밀번호",
            "a" * 63 + "bc",
            "\t \t tabs \t",
            "😀" * 4 + "hunh",
        ],
    )
    def test_any_characters_are(self, password: str) -> None:
        check_acceptable(password)

    @pytest.mark.parametrize("password", ["", "1234567", "x" * 129])
    def test_too_short_or_long_are_not(self, password: str) -> None:
        with pytest.raises(PasswordLength):
            check_acceptable(password)

    @pytest.mark.parametrize(
        "password", ["password", "PASSWORD", "iloveyou1", "qwerty123", "aaaaaaaaaaaa", "abababababab"]
    )
    def test_those_that_are_tried_first_are_not(self, password: str) -> None:
        with pytest.raises(PasswordCommon):
            check_acceptable(password)

    @pytest.mark.parametrize(
        "password", ["bunri2026", "분리수거분리수거", "재활용12345", "BunriBunri", "chorok77!", "Example.2026"]
    )
    def test_words_that_others_know_of_are_not(self, password: str) -> None:
        with pytest.raises(PasswordPersonal):
            check_acceptable(password, ["chorok", "example", "초록이"])

    def test_such_a_word_among_others_is(self) -> None:
        check_acceptable("my bunri eats paper", ["chorok"])


class TestHashes:
    async def test_match_the_password_alone(self, passwords: Passwords) -> None:
        kept = await passwords.hash("correct horse")
        assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
        assert await passwords.matches("correct horse", kept)
        assert not await passwords.matches("correct horsf", kept)
        assert await passwords.hash("correct horse") != kept

    async def test_without_one_nothing_matches(self, passwords: Passwords) -> None:
        assert not await passwords.matches("nobody's", None)
        assert not await passwords.matches("", None)

    async def test_do_not_depend_on_how_a_keyboard_writes_hangul(self, passwords: Passwords) -> None:
        kept = await passwords.hash(unicodedata.normalize("NFD", "분리배출 최고"))
        assert await passwords.matches(unicodedata.normalize("NFC", "분리배출 최고"), kept)

    async def test_more_than_can_be_checked_are_refused_and_the_others_are_not(self) -> None:
        passwords = Passwords(at_once=1)
        asked = [asyncio.ensure_future(passwords.hash("correct horse")) for _ in range(WAITING + 3)]
        done = await asyncio.gather(*asked, return_exceptions=True)
        passwords.close()
        assert sum(isinstance(each, SignInBusy) for each in done) == 3
        assert sum(isinstance(each, str) for each in done) == WAITING
