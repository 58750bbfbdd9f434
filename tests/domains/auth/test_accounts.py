"""Accounts: registered, signed in, changed, left. Numbers in brackets are rows of the list of real faults."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.event import listen, remove
from tests.domains.auth.people import (
    ELSEWHERE,
    HERE,
    PASSWORD,
    PHONE,
    SETTINGS,
    Letter,
    Mailbox,
    Registering,
    address,
    caller_of,
    events,
    is_over,
    refresh_of,
    signed_in,
)
from tests.support.clockwork import Clockwork

from bunri.domains.auth import models
from bunri.domains.auth.errors import (
    ConfirmElsewhere,
    EmailTaken,
    PasswordCommon,
    ReauthenticationNeeded,
    RequestInvalid,
    SignInFailed,
)
from bunri.domains.auth.public import AuthPublic, GuestMerged, Kind, PersonErased, TokenExpired
from bunri.domains.auth.records import Device
from bunri.domains.auth.schemas import Tokens
from bunri.domains.auth.service.accounts import Accounts
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.reauthentication import Reauthentication
from bunri.domains.auth.service.requests import Confirmation
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.upkeep import Upkeep
from bunri.domains.auth.tokens import Verifier
from bunri.platform.db import Database
from bunri.platform.limits import TooMany


class TestRegistering:
    async def test_a_guest_becomes_an_account_under_the_same_id(
        self, guests: Guests, registering: Registering, verifier: Verifier, sessions: Sessions
    ) -> None:
        guest = await guests.sign_in("초록이")
        account = await registering.account(address(), guest=caller_of(verifier, guest))
        assert account.user.id == guest.user.id
        assert (guest.user.kind, account.user.kind) == (Kind.GUEST, Kind.ACCOUNT)
        assert await is_over(sessions, guest)  # ASVS 7.2.4
        with pytest.raises(TokenExpired):
            verifier.verify(guest.access_token)

    async def test_without_a_guest_makes_a_person(self, registering: Registering, verifier: Verifier) -> None:
        caller = caller_of(verifier, await registering.account(address()))
        assert (caller.name, caller.kind) == ("초록이", Kind.ACCOUNT)

    async def test_the_link_is_good_in_the_browser_that_asked(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox
    ) -> None:
        email = address()
        await registering.ask(email)
        letter = await mailbox.one(email)
        tokens = await accounts.confirm(Confirmation(token=letter.token, browser=HERE), None, PHONE, None)
        assert tokens is not None
        assert tokens.user.kind == Kind.ACCOUNT

    async def test_a_scanner_that_follows_the_link_changes_nothing(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox
    ) -> None:
        """[9] It may press every button, but it is another browser and knows no password."""
        email = address()
        request = await registering.ask(email)
        letter = await mailbox.one(email)
        for browser in (None, ELSEWHERE):
            with pytest.raises(ConfirmElsewhere):
                await accounts.confirm(Confirmation(token=letter.token, browser=browser), None, PHONE, None)
        tokens = await accounts.confirm(Confirmation(request_id=request.id, code=letter.code), None, PHONE, None)
        assert tokens is not None

    async def test_in_another_browser_the_password_confirms_and_nobody_is_signed_in(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox
    ) -> None:
        """[11]"""
        email = address()
        await registering.ask(email)
        elsewhere = Confirmation(token=(await mailbox.one(email)).token, browser=ELSEWHERE)
        with pytest.raises(SignInFailed):
            await accounts.confirm(elsewhere, "another password", PHONE, None)
        assert await accounts.confirm(elsewhere, PASSWORD, PHONE, None) is None
        assert signed_in(await accounts.sign_in(email, PASSWORD, PHONE, None)).user.kind == Kind.ACCOUNT

    async def test_a_known_address_is_told_and_nothing_can_be_confirmed(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox
    ) -> None:
        email = address()
        await registering.account(email)
        request = await registering.ask(email.upper())
        letter = await mailbox.one(email)
        assert "이미" in letter.subject
        for number in range(5):
            given = Confirmation(request_id=request.id, code=f"{number:06}")
            with pytest.raises(RequestInvalid):
                await accounts.confirm(given, None, PHONE, None)

    async def test_whoever_cannot_read_its_mail_does_not_get_an_address(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox
    ) -> None:
        """[5] An attacker's password for an address never counts, so its owner meets nobody there."""
        email = address()
        await registering.ask(email, password="the attacker's own")
        await mailbox.all()
        await registering.account(email)
        with pytest.raises(SignInFailed):
            await accounts.sign_in(email, "the attacker's own", PHONE, None)

    async def test_of_two_requests_for_one_address_one_is_confirmed(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox
    ) -> None:
        email = address()
        requests = [await registering.ask(email), await registering.ask(email)]
        letters = await mailbox.all()
        given = [
            Confirmation(request_id=each.id, code=letter.code) for each, letter in zip(requests, letters, strict=True)
        ]
        assert await accounts.confirm(given[1], None, PHONE, None)
        with pytest.raises(EmailTaken):
            await accounts.confirm(given[0], None, PHONE, None)

    async def test_asked_for_again_by_its_address_there_is_a_new_mail_and_code(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox, clock: Clockwork
    ) -> None:
        email = address()
        await registering.ask(email)
        await mailbox.one(email)
        clock.move(hours=1)
        request = await accounts.ask_again(email.upper(), HERE)
        given = Confirmation(request_id=request.id, code=(await mailbox.one(email.upper())).code)
        assert await accounts.confirm(given, None, PHONE, None)
        assert await accounts.sign_in(email, PASSWORD, PHONE, None)

    async def test_asked_for_again_elsewhere_it_is_as_if_there_were_none(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox
    ) -> None:
        """[5] Otherwise an attacker's registration of somebody's address, with the attacker's password, would be what
        its owner asks for again and confirms."""
        email = address()
        await registering.ask(email, password="the attacker's own")
        await mailbox.one(email)
        for asked in (email, address()):
            request = await accounts.ask_again(asked, ELSEWHERE)
            with pytest.raises(RequestInvalid):
                await accounts.confirm(Confirmation(request_id=request.id, code="000000"), None, PHONE, None)
        assert await mailbox.all() == []

    async def test_a_common_password_is_refused(self, registering: Registering) -> None:
        with pytest.raises(PasswordCommon):
            await registering.ask(address(), password="password123")


class TestCodes:
    async def test_die_after_five_wrong_tries(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox
    ) -> None:
        """[20]"""
        email = address()
        request = await registering.ask(email)
        code = (await mailbox.one(email)).code
        wrong = "000000" if code != "000 000" else "111111"
        for typed in [*[wrong] * 5, code]:
            with pytest.raises(RequestInvalid):
                await accounts.confirm(Confirmation(request_id=request.id, code=typed), None, PHONE, None)

    async def test_die_after_ten_minutes_and_the_link_after_a_day(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox, clock: Clockwork
    ) -> None:
        email = address()
        request = await registering.ask(email)
        letter = await mailbox.one(email)
        clock.move(minutes=10, seconds=1)
        with pytest.raises(RequestInvalid):
            await accounts.confirm(Confirmation(request_id=request.id, code=letter.code), None, PHONE, None)
        clock.move(hours=24)
        with pytest.raises(RequestInvalid):
            await accounts.confirm(Confirmation(token=letter.token, browser=HERE), None, PHONE, None)

    async def test_are_bound_to_their_request(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox
    ) -> None:
        first, second = address(), address()
        await registering.ask(first)
        letter = await mailbox.one(first)
        other = await registering.ask(second)
        await mailbox.one(second)
        with pytest.raises(RequestInvalid):
            await accounts.confirm(Confirmation(request_id=other.id, code=letter.code), None, PHONE, None)

    async def test_are_not_in_the_database(
        self, registering: Registering, mailbox: Mailbox, database: Database
    ) -> None:
        email = address()
        await registering.ask(email)
        async with database.transaction("auth") as session:
            kept = str((await session.execute(select(models.Request.__table__))).all())
            kept += str((await session.execute(select(models.mails))).all())
        letter = await mailbox.one(email)
        assert letter.code.replace(" ", "") not in kept
        assert letter.token.partition(".")[2] not in kept

    @pytest.mark.parametrize("token", ["x" * 59, "0197b2d0-0000-7000-8000-000000000001.AAAAAAAAAAAAAAAAAAAAAA"])
    async def test_made_up_links_are_refused(self, accounts: Accounts, token: str) -> None:
        with pytest.raises(RequestInvalid):
            await accounts.confirm(Confirmation(token=token, browser=HERE), None, PHONE, None)


async def _statements_of_a_refusal(accounts: Accounts, email: str) -> list[str]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    listen(Engine, "before_cursor_execute", note)
    try:
        with pytest.raises(SignInFailed):
            await accounts.sign_in(email, "another password", PHONE, None)
    finally:
        remove(Engine, "before_cursor_execute", note)
    return sent


class TestSigningIn:
    async def test_however_the_address_is_written(self, accounts: Accounts, registering: Registering) -> None:
        email = address()
        account = await registering.account(email)
        assert signed_in(await accounts.sign_in(email.upper(), PASSWORD, PHONE, None)).user == account.user

    async def test_an_unknown_address_and_a_wrong_password_are_alike(
        self, accounts: Accounts, registering: Registering
    ) -> None:
        email = address()
        await registering.account(email)
        refused = []
        for tried in (email, address()):
            with pytest.raises(SignInFailed) as raised:
                await accounts.sign_in(tried, "another password", PHONE, None)
            refused.append((str(raised.value), raised.value.data))
        assert refused[0] == refused[1]

    async def test_and_cost_the_same_statements(self, accounts: Accounts, registering: Registering) -> None:
        """[3] How long a refusal takes would tell, too (make bench ARGS=people)."""
        email = address()
        await registering.account(email)
        known, unknown = [await _statements_of_a_refusal(accounts, each) for each in (email, address())]
        assert known == unknown
        assert any("for update" in each.lower() for each in known)

    async def test_passwords_are_verified_exactly_as_typed(self, accounts: Accounts, registering: Registering) -> None:
        email = address()
        await registering.account(email)
        for typed in (PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1]):
            with pytest.raises(SignInFailed):
                await accounts.sign_in(email, typed, PHONE, None)

    async def test_a_guests_things_come_along(
        self, accounts: Accounts, registering: Registering, guests: Guests, verifier: Verifier, database: Database
    ) -> None:
        """[15] The guest is nobody at once; the other domains follow."""
        email = address()
        account = await registering.account(email)
        guest = await guests.sign_in("파랑이")
        await accounts.sign_in(email, PASSWORD, PHONE, caller_of(verifier, guest))
        with pytest.raises(TokenExpired):
            verifier.verify(guest.access_token)
        assert GuestMerged(old=guest.user.id, new=account.user.id) in await events(database, GuestMerged)

    async def test_that_fails_leaves_the_guest_as_it_was(
        self, accounts: Accounts, registering: Registering, guests: Guests, verifier: Verifier, sessions: Sessions
    ) -> None:
        """[14]"""
        email = address()
        await registering.account(email)
        guest = await guests.sign_in("파랑이")
        with pytest.raises(SignInFailed):
            await accounts.sign_in(email, "another password", PHONE, caller_of(verifier, guest))
        assert not await is_over(sessions, guest)

    async def test_shows_the_session_and_ends_it(
        self, accounts: Accounts, registering: Registering, sessions: Sessions, verifier: Verifier
    ) -> None:
        email = address()
        first = await registering.account(email)
        second = signed_in(await accounts.sign_in(email, PASSWORD, Device("Safari, iPhone", "2001:db8:1::/48"), None))
        caller = caller_of(verifier, second)
        shown = await sessions.of(caller)
        assert [(each.device, each.current) for each in shown] == [
            ("Safari, iPhone", True),
            ("Firefox, Android", False),
        ]
        await sessions.end(caller, shown[1].id)
        assert await is_over(sessions, first)
        assert not await is_over(sessions, second)

    async def test_twenty_tabs_that_refresh_at_once_stay_in(
        self, registering: Registering, sessions: Sessions, verifier: Verifier
    ) -> None:
        """[1]"""
        account = await registering.account(address())
        refreshed = await asyncio.gather(*(sessions.refresh(refresh_of(account)) for _ in range(20)))
        assert len({refresh_of(each) for each in refreshed}) == 1
        for each in refreshed:
            verifier.verify(each.access_token)
        assert not await is_over(sessions, refreshed[0])


class TestGuessing:
    async def guess(self, accounts: Accounts, email: str, clock: Clockwork, times: int) -> None:
        for _ in range(times):
            clock.move(seconds=15)  # slowly enough for the limit of a minute
            with pytest.raises(SignInFailed):
                await accounts.sign_in(email, "another password", PHONE, None)

    async def test_pauses_for_the_hour_after_twenty_wrong_passwords(
        self,
        accounts: Accounts,
        reauthentication: Reauthentication,
        registering: Registering,
        sessions: Sessions,
        verifier: Verifier,
        clock: Clockwork,
    ) -> None:
        email = address()
        account = await registering.account(email)
        for tried in (email, address()):  # an address without an account pauses, too
            await self.guess(accounts, tried, clock, 20)
            clock.move(minutes=2)
            with pytest.raises(TooMany) as refused:
                await accounts.sign_in(tried, PASSWORD, PHONE, None)
            assert refused.value.code == "too_many_sign_ins"
        assert await accounts.sign_in(await self.another(registering), PASSWORD, PHONE, None)
        assert await reauthentication.by_password(
            caller_of(verifier, await sessions.refresh(refresh_of(account))), PASSWORD
        )
        clock.move(hours=2)
        assert await accounts.sign_in(email, PASSWORD, PHONE, None)

    async def another(self, registering: Registering) -> str:
        email = address()
        await registering.account(email)
        return email

    async def test_right_passwords_do_not_count(
        self, accounts: Accounts, registering: Registering, clock: Clockwork
    ) -> None:
        email = address()
        await registering.account(email)
        for _ in range(25):
            clock.move(seconds=15)
            await accounts.sign_in(email, PASSWORD, PHONE, None)

    async def test_ones_own_password_pauses_by_itself(
        self,
        accounts: Accounts,
        reauthentication: Reauthentication,
        registering: Registering,
        verifier: Verifier,
        clock: Clockwork,
    ) -> None:
        """Whoever has taken a session guesses no faster, and who is not signed in keeps nobody from it."""
        email = address()
        caller = caller_of(verifier, await registering.account(email))
        for _ in range(10):
            clock.move(seconds=40)
            with pytest.raises(SignInFailed):
                await reauthentication.by_password(caller, "another password")
            with pytest.raises(SignInFailed):
                await accounts.change_password(caller, "another password", "a third password", end_others=False)
        clock.move(minutes=2)
        with pytest.raises(TooMany):
            await reauthentication.by_password(caller, PASSWORD)
        assert await accounts.sign_in(email, PASSWORD, PHONE, None)


class TestReauthentication:
    async def test_is_needed_after_ten_minutes(
        self,
        accounts: Accounts,
        reauthentication: Reauthentication,
        registering: Registering,
        sessions: Sessions,
        verifier: Verifier,
        clock: Clockwork,
    ) -> None:
        account = await registering.account(address())
        clock.move(minutes=10, seconds=1)
        with pytest.raises(ReauthenticationNeeded):
            await accounts.change_email(caller_of(verifier, account), address(), HERE)
        with pytest.raises(SignInFailed):
            await reauthentication.by_password(caller_of(verifier, account), "another password")
        again = await reauthentication.by_password(caller_of(verifier, account), PASSWORD)
        assert await is_over(sessions, account)
        assert await accounts.change_email(caller_of(verifier, again), address(), HERE)


class TestPasswords:
    async def test_a_forgotten_one_is_set_anew_and_signs_nobody_in(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox, sessions: Sessions
    ) -> None:
        email = address()
        account = await registering.account(email)
        request = await accounts.forgot_password(email, HERE)
        given = Confirmation(request_id=request.id, code=(await mailbox.one(email)).code)
        await accounts.reset_password(given, "another horse", PHONE)
        assert await is_over(sessions, account)
        assert "비밀번호가 바뀌었어요" in (await mailbox.one(email)).text
        with pytest.raises(SignInFailed):
            await accounts.sign_in(email, PASSWORD, PHONE, None)
        assert await accounts.sign_in(email, "another horse", PHONE, None)

    async def test_a_link_sets_one_once(self, accounts: Accounts, registering: Registering, mailbox: Mailbox) -> None:
        email = address()
        await registering.account(email)
        await accounts.forgot_password(email, HERE)
        given = Confirmation(token=(await mailbox.one(email)).token)
        await accounts.reset_password(given, "another horse", PHONE)
        with pytest.raises(RequestInvalid):
            await accounts.reset_password(given, "a third horse", PHONE)

    async def test_a_newer_link_takes_the_place_of_the_older(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox
    ) -> None:
        email = address()
        await registering.account(email)
        await accounts.forgot_password(email, HERE)
        old = Confirmation(token=(await mailbox.one(email)).token)
        await accounts.forgot_password(email, HERE)
        new = Confirmation(token=(await mailbox.one(email)).token)
        with pytest.raises(RequestInvalid):
            await accounts.reset_password(old, "another horse", PHONE)
        await accounts.reset_password(new, "another horse", PHONE)

    async def test_for_an_unknown_address_there_is_no_mail_and_nothing_to_confirm(
        self, accounts: Accounts, mailbox: Mailbox
    ) -> None:
        request = await accounts.forgot_password(address(), HERE)
        assert await mailbox.all() == []
        with pytest.raises(RequestInvalid):
            await accounts.reset_password(Confirmation(request_id=request.id, code="000000"), "another horse", PHONE)

    async def test_to_change_it_the_old_one_is_needed(
        self, accounts: Accounts, registering: Registering, verifier: Verifier, sessions: Sessions
    ) -> None:
        email = address()
        account = await registering.account(email)
        other = signed_in(await accounts.sign_in(email, PASSWORD, PHONE, None))
        with pytest.raises(SignInFailed):
            await accounts.change_password(
                caller_of(verifier, account), "not it, sorry", "another horse", end_others=True
            )
        changed = await accounts.change_password(
            caller_of(verifier, account), PASSWORD, "another horse", end_others=True
        )
        assert await is_over(sessions, other)
        assert not await is_over(sessions, changed)


@dataclass
class Moved:
    """Somebody with a new address."""

    account: Tokens
    old: str
    new: str
    told: Letter
    """The mail to the old address."""


class TestAddresses:
    @pytest.fixture
    async def moved(self, accounts: Accounts, registering: Registering, mailbox: Mailbox, verifier: Verifier) -> Moved:
        """Somebody who has just changed their address, and whose old one has been told."""
        old, new = address(), address()
        account = await registering.account(old)
        request = await accounts.change_email(caller_of(verifier, account), new, HERE)
        given = Confirmation(request_id=request.id, code=(await mailbox.one(new)).code)
        await accounts.confirm_email(given, None, PHONE)
        return Moved(account, old, new, await mailbox.one(old))

    async def test_the_old_one_is_told_and_can_put_itself_back(
        self, accounts: Accounts, moved: Moved, sessions: Sessions
    ) -> None:
        """[12]"""
        assert await accounts.sign_in(moved.new, PASSWORD, PHONE, None)
        assert moved.new not in moved.told.text
        with pytest.raises(RequestInvalid):  # a scanner has no code
            await accounts.undo_email(Confirmation(token=moved.told.token), PHONE)
        await accounts.undo_email(Confirmation(token=moved.told.token, code=moved.told.code), PHONE)
        assert await is_over(sessions, moved.account)
        assert await accounts.sign_in(moved.old, PASSWORD, PHONE, None)

    async def test_can_be_put_back_for_a_week(self, accounts: Accounts, moved: Moved, clock: Clockwork) -> None:
        clock.now += SETTINGS.undo_ttl
        with pytest.raises(RequestInvalid):
            await accounts.undo_email(Confirmation(token=moved.told.token, code=moved.told.code), PHONE)

    async def test_the_link_of_a_change_that_was_asked_anew_is_none(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox, verifier: Verifier
    ) -> None:
        """[10]"""
        account, second, third = await registering.account(address()), address(), address()
        await accounts.change_email(caller_of(verifier, account), second, HERE)
        stale = Confirmation(token=(await mailbox.one(second)).token, browser=HERE)
        await accounts.change_email(caller_of(verifier, account), third, HERE)
        await mailbox.one(third)
        with pytest.raises(RequestInvalid):
            await accounts.confirm_email(stale, None, PHONE)
        for never in (second, third):
            with pytest.raises(SignInFailed):
                await accounts.sign_in(never, PASSWORD, PHONE, None)

    async def test_of_somebody_else_is_not_taken(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox, verifier: Verifier
    ) -> None:
        taken = address()
        await registering.account(taken)
        account = await registering.account(address())
        request = await accounts.change_email(caller_of(verifier, account), taken, HERE)
        assert "이미" in (await mailbox.one(taken)).subject
        with pytest.raises(RequestInvalid):
            await accounts.confirm_email(Confirmation(request_id=request.id, code="000000"), None, PHONE)


class TestLeaving:
    async def test_an_account_is_erased_after_two_weeks(
        self,
        accounts: Accounts,
        public: AuthPublic,
        registering: Registering,
        mailbox: Mailbox,
        verifier: Verifier,
        upkeep: Upkeep,
        clock: Clockwork,
        database: Database,
    ) -> None:
        email = address()
        account = await registering.account(email)
        await public.delete(caller_of(verifier, account))
        assert "지워져요" in (await mailbox.one(email)).text
        erased = PersonErased(owner=account.user.id)
        await upkeep.forget()
        assert erased not in await events(database, PersonErased)
        clock.now += SETTINGS.erase_after
        await upkeep.forget()
        assert erased in await events(database, PersonErased)
        await upkeep.erase(account.user.id)
        with pytest.raises(SignInFailed):
            await accounts.sign_in(email, PASSWORD, PHONE, None)

    async def test_who_signs_in_before_stays(
        self,
        accounts: Accounts,
        public: AuthPublic,
        registering: Registering,
        mailbox: Mailbox,
        verifier: Verifier,
        upkeep: Upkeep,
        clock: Clockwork,
        database: Database,
    ) -> None:
        email = address()
        account = await registering.account(email)
        await public.delete(caller_of(verifier, account))
        clock.now += SETTINGS.erase_after - timedelta(days=1)
        await accounts.sign_in(email, PASSWORD, PHONE, None)
        clock.move(days=2)
        await upkeep.forget()
        assert PersonErased(owner=account.user.id) not in await events(database, PersonErased)

    async def test_a_guest_goes_at_once(
        self, public: AuthPublic, guests: Guests, verifier: Verifier, upkeep: Upkeep, database: Database
    ) -> None:
        guest = await guests.sign_in("초록이")
        await public.delete(caller_of(verifier, guest))
        await upkeep.forget()
        assert PersonErased(owner=guest.user.id) in await events(database, PersonErased)

    async def test_no_link_of_before_signs_anybody_in(
        self, accounts: Accounts, registering: Registering, mailbox: Mailbox, upkeep: Upkeep
    ) -> None:
        """[13]"""
        email = address()
        account = await registering.account(email)
        await accounts.forgot_password(email, HERE)
        token = (await mailbox.one(email)).token
        await upkeep.erase(account.user.id)
        with pytest.raises(RequestInvalid):
            await accounts.reset_password(Confirmation(token=token), "another horse", PHONE)
