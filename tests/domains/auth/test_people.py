"""What other domains may ask of auth about public."""

import pytest
from tests.domains.auth.people import SETTINGS, Mailbox, Registering, address, caller_of, events, refresh_of
from tests.support.clockwork import Clockwork

from bunri.domains.auth.errors import ReauthenticationNeeded, RefreshInvalid
from bunri.domains.auth.public import AuthPublic, Kind, PersonErased
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.tokens import Verifier
from bunri.platform.db import Database


class TestKnown:
    async def test_a_guest_and_an_account(self, public: AuthPublic, guests: Guests, registering: Registering) -> None:
        guest, email = await guests.sign_in("초록이", "en"), address()
        found = await public.person(guest.user.id)
        assert found
        assert (found.name, found.kind, found.email, found.has_password) == ("초록이", Kind.GUEST, None, False)
        assert (found.language, found.hash) == ("en", guest.user.hash)
        account = await public.person((await registering.account(email)).user.id)
        assert account
        assert (account.kind, account.email, account.has_password) == (Kind.ACCOUNT, email, True)

    @pytest.mark.parametrize("owner", ["guest_00000000-0000-7000-8000-000000000000", "terminal", ""])
    async def test_nobody(self, public: AuthPublic, owner: str) -> None:
        assert await public.person(owner) is None


async def test_a_new_name_is_in_the_tokens_from_their_next_refresh_on(
    public: AuthPublic, guests: Guests, sessions: Sessions, verifier: Verifier
) -> None:
    guest = await guests.sign_in("초록이")
    await public.rename(caller_of(verifier, guest), "파랑이")
    assert caller_of(verifier, await sessions.refresh(refresh_of(guest))).name == "파랑이"


async def test_mails_are_written_in_the_chosen_language(
    public: AuthPublic, registering: Registering, mailbox: Mailbox, verifier: Verifier
) -> None:
    email = address()
    caller = caller_of(verifier, await registering.account(email))
    await public.set_language(caller, "en")
    await public.begin_export(caller)
    assert "Everything that we keep" in (await mailbox.one(email)).text


class TestExport:
    async def test_needs_a_fresh_proof_and_is_told(
        self, public: AuthPublic, registering: Registering, mailbox: Mailbox, verifier: Verifier, clock: Clockwork
    ) -> None:
        """[ASVS 7.5.1]"""
        email = address()
        account = await registering.account(email)
        clock.move(minutes=11)
        with pytest.raises(ReauthenticationNeeded):
            await public.begin_export(caller_of(verifier, account))
        assert await mailbox.all() == []

    async def test_of_a_guest_needs_none(self, public: AuthPublic, guests: Guests, verifier: Verifier) -> None:
        caller = caller_of(verifier, await guests.sign_in("초록이"))
        await public.begin_export(caller)
        found = await public.person(caller.id)
        assert found


class TestLeaving:
    async def test_a_guest_is_erased_at_once_and_can_do_nothing_more(
        self, public: AuthPublic, guests: Guests, verifier: Verifier, database: Database, clock: Clockwork
    ) -> None:
        caller = caller_of(verifier, await guests.sign_in("초록이"))
        assert await public.delete(caller) == clock.now
        assert PersonErased(owner=caller.id) in await events(database, PersonErased)
        with pytest.raises(RefreshInvalid):
            await public.rename(caller, "파랑이")

    async def test_an_account_in_two_weeks_and_only_with_a_fresh_proof(
        self, public: AuthPublic, registering: Registering, verifier: Verifier, clock: Clockwork
    ) -> None:
        account = await registering.account(address())
        clock.move(minutes=11)
        with pytest.raises(ReauthenticationNeeded):
            await public.delete(caller_of(verifier, account))
        other = await registering.account(address())
        assert await public.delete(caller_of(verifier, other)) == clock.now + SETTINGS.erase_after
