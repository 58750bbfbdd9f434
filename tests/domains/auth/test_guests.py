"""Guests: a name, and a code that takes them to another device."""

import pytest
from tests.domains.auth.people import SETTINGS, caller_of, events, refresh_of
from tests.support.clockwork import Clockwork

from bunri.domains.auth.errors import RecoveryCodeInvalid, RefreshInvalid
from bunri.domains.auth.public import PersonErased
from bunri.domains.auth.records import Device
from bunri.domains.auth.recovery_codes import kept_hash, new_code, read_code, text_of, words_of
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.upkeep import Upkeep
from bunri.domains.auth.subjects import person_id_of, subject_of
from bunri.domains.auth.tokens import Verifier
from bunri.kit.ids import new_id
from bunri.platform.db import Database

HERE = Device()


class TestCodes:
    @pytest.mark.parametrize("language", ["ko", "en"])
    def test_are_read_as_they_are_written(self, language: str) -> None:
        for _ in range(50):
            code = new_code()
            words = words_of(code, "ko" if language == "ko" else "en")
            assert len(words.split()) == 12
            assert read_code(words) == code
            assert read_code("  " + words.upper().replace(" ", "\n ")) == code
            assert read_code(text_of(code)) == code

    @pytest.mark.parametrize(
        "typed", ["", "abandon " * 12, "abandon " * 11, "x" * 22, "AAAAAAAAAAAAAAAAAAAAAB", "가" * 30, "é" * 22]
    )
    def test_others_are_none(self, typed: str) -> None:
        assert read_code(typed) is None

    def test_have_128_bits_and_are_not_kept(self) -> None:
        code = new_code()
        assert len(code) * 8 == 128
        assert code not in kept_hash(code)


class TestRecovering:
    async def test_shows_whom_it_opens_before_it_is_used(self, guests: Guests, verifier: Verifier) -> None:
        guest = await guests.sign_in("초록이")
        code = await guests.new_recovery_code(caller_of(verifier, guest), "ko")
        for typed in (code.words, code.text):
            assert (await guests.recoverable(typed)).user == guest.user

    async def test_signs_in_on_another_device_once(
        self, guests: Guests, verifier: Verifier, sessions: Sessions
    ) -> None:
        guest = await guests.sign_in("초록이")
        code = await guests.new_recovery_code(caller_of(verifier, guest), "ko")
        recovered = await guests.recover(code.words, HERE, None)
        assert recovered.user == guest.user
        await sessions.refresh(refresh_of(guest))  # the first device stays
        with pytest.raises(RecoveryCodeInvalid):
            await guests.recover(code.text, HERE, None)

    async def test_a_newer_code_takes_the_place_of_the_older(self, guests: Guests, verifier: Verifier) -> None:
        caller = caller_of(verifier, await guests.sign_in("초록이"))
        old, new = [await guests.new_recovery_code(caller, "en") for _ in range(2)]
        with pytest.raises(RecoveryCodeInvalid):
            await guests.recover(old.words, HERE, None)
        assert await guests.recover(new.words, HERE, None)

    async def test_what_the_other_device_has_comes_along(
        self, guests: Guests, verifier: Verifier, sessions: Sessions
    ) -> None:
        guest, other = await guests.sign_in("초록이"), await guests.sign_in("파랑이")
        code = await guests.new_recovery_code(caller_of(verifier, guest), "ko")
        await guests.recover(code.words, HERE, caller_of(verifier, other))
        with pytest.raises(RefreshInvalid):
            await sessions.refresh(refresh_of(other))

    async def test_an_erased_guest_is_not_recovered(self, guests: Guests, verifier: Verifier, upkeep: Upkeep) -> None:
        guest = await guests.sign_in("초록이")
        code = await guests.new_recovery_code(caller_of(verifier, guest), "ko")
        await upkeep.erase(guest.user.id)
        with pytest.raises(RecoveryCodeInvalid):
            await guests.recover(code.words, HERE, None)


class TestLifetimes:
    async def test_a_session_ends_after_400_days_however_much_it_is_used(
        self, guests: Guests, sessions: Sessions, clock: Clockwork
    ) -> None:
        token = refresh_of(await guests.sign_in("초록이"))
        for _ in range(8):
            clock.move(days=49)
            token = refresh_of(await sessions.refresh(token))
        clock.move(days=9)
        with pytest.raises(RefreshInvalid):
            await sessions.refresh(token)

    async def test_a_guest_whom_nobody_has_seen_for_so_long_is_erased(
        self, guests: Guests, upkeep: Upkeep, clock: Clockwork, database: Database
    ) -> None:
        """[24]"""

        guest = await guests.sign_in("초록이")
        await upkeep.forget()
        clock.now += SETTINGS.guest_age
        clock.move(days=1)
        await upkeep.forget()  # first the sessions, which are over
        await upkeep.forget()
        assert PersonErased(owner=guest.user.id) in await events(database, PersonErased)


@pytest.mark.parametrize("subject", ["", "guest_", "guest_1", "user_0197b2d0-0000-7000-8000-000000000001"])
def test_other_subjects_are_nobody(subject: str) -> None:
    assert person_id_of(subject) is None
    known = new_id()
    assert person_id_of(subject_of(known)) == known
