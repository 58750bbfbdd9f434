"""What other domains may ask of auth about people."""

import pytest
from tests.domains.auth.conftest import SETTINGS, Clockwork, Mailbox, caller_of, refresh_of
from tests.domains.auth.test_accounts import Registering, address, events

from bunri.domains.auth.errors import ReauthenticationNeeded, RefreshInvalid
from bunri.domains.auth.public import Kind, PersonErased
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.service.accounts import Accounts
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.mails import Mails
from bunri.domains.auth.service.people import People
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.tokens import Verifier
from bunri.platform.db import Database, Transaction


@pytest.fixture
def people(transaction: Transaction[AuthRepository], sessions: Sessions, mails: Mails, clock: Clockwork) -> People:
    return People(transaction, sessions, mails, SETTINGS, clock)


@pytest.fixture
def registering(accounts: Accounts, mailbox: Mailbox) -> Registering:
    return Registering(accounts, mailbox)


class TestKnown:
    async def test_a_guest_and_an_account(self, people: People, guests: Guests, registering: Registering) -> None:
        guest, email = await guests.sign_in("초록이", "en"), address()
        found = await people.person(guest.user.id)
        assert found
        assert (found.name, found.kind, found.email, found.has_password) == ("초록이", Kind.GUEST, None, False)
        assert (found.language, found.hash) == ("en", guest.user.hash)
        account = await people.person((await registering.account(email)).user.id)
        assert account
        assert (account.kind, account.email, account.has_password) == (Kind.ACCOUNT, email, True)

    @pytest.mark.parametrize("owner", ["guest_00000000-0000-7000-8000-000000000000", "terminal", ""])
    async def test_nobody(self, people: People, owner: str) -> None:
        assert await people.person(owner) is None


async def test_a_new_name_is_in_the_tokens_from_their_next_refresh_on(
    people: People, guests: Guests, sessions: Sessions, verifier: Verifier
) -> None:
    guest = await guests.sign_in("초록이")
    await people.rename(caller_of(verifier, guest), "파랑이")
    assert caller_of(verifier, await sessions.refresh(refresh_of(guest))).name == "파랑이"


async def test_mails_are_written_in_the_chosen_language(
    people: People, registering: Registering, mailbox: Mailbox, verifier: Verifier
) -> None:
    email = address()
    caller = caller_of(verifier, await registering.account(email))
    await people.set_language(caller, "en")
    await people.begin_export(caller)
    assert "Everything that we keep" in (await mailbox.one(email)).text


class TestExport:
    async def test_needs_a_fresh_proof_and_is_told(
        self, people: People, registering: Registering, mailbox: Mailbox, verifier: Verifier, clock: Clockwork
    ) -> None:
        """[ASVS 7.5.1]"""
        email = address()
        account = await registering.account(email)
        clock.move(minutes=11)
        with pytest.raises(ReauthenticationNeeded):
            await people.begin_export(caller_of(verifier, account))
        assert await mailbox.all() == []

    async def test_of_a_guest_needs_none(self, people: People, guests: Guests, verifier: Verifier) -> None:
        caller = caller_of(verifier, await guests.sign_in("초록이"))
        await people.begin_export(caller)
        found = await people.person(caller.id)
        assert found


class TestLeaving:
    async def test_a_guest_is_erased_at_once_and_can_do_nothing_more(
        self, people: People, guests: Guests, verifier: Verifier, database: Database, clock: Clockwork
    ) -> None:
        caller = caller_of(verifier, await guests.sign_in("초록이"))
        assert await people.delete(caller) == clock.now
        assert PersonErased(owner=caller.id) in await events(database, PersonErased)
        with pytest.raises(RefreshInvalid):
            await people.rename(caller, "파랑이")

    async def test_an_account_in_two_weeks_and_only_with_a_fresh_proof(
        self, people: People, registering: Registering, verifier: Verifier, clock: Clockwork
    ) -> None:
        account = await registering.account(address())
        clock.move(minutes=11)
        with pytest.raises(ReauthenticationNeeded):
            await people.delete(caller_of(verifier, account))
        other = await registering.account(address())
        assert await people.delete(caller_of(verifier, other)) == clock.now + SETTINGS.erase_after
