"""What operators do to people."""

import pytest
from tests.domains.auth.people import (
    ELSEWHERE,
    HERE,
    HOME,
    PASSWORD,
    PHONE,
    Mailbox,
    People,
    Person,
    Registering,
    address,
    caller_of,
    is_over,
    signed_in,
)
from tests.support.authenticator import Authenticator

from bunri.domains.auth.errors import (
    AccountDisabled,
    FactorWrong,
    NoWayIn,
    PersonMissing,
    RoleNeedsAccount,
    SignInFailed,
    TicketInvalid,
)
from bunri.domains.auth.public import TokenExpired
from bunri.domains.auth.records import Factor, Role
from bunri.domains.auth.schemas import MfaNeeded
from bunri.domains.auth.service.accounts import Accounts
from bunri.domains.auth.service.administration import Administration
from bunri.domains.auth.service.factors import Proof
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.domains.auth.service.totp_apps import TotpApps
from bunri.domains.auth.tokens import Verifier
from bunri.kit.ids import new_id


class TestFinding:
    async def test_goes_by_address_name_and_id(
        self, administration: Administration, registering: Registering, guests: Guests
    ) -> None:
        email = address()
        account = await registering.account(email)
        guest = await guests.sign_in(f"파랑이 100%_{new_id().hex[:9]}")
        [by_email] = await administration.find(email.upper()[3:20], limit=10)
        assert f"guest_{by_email.person.id}" == account.user.id
        [by_name] = await administration.find(guest.user.username[3:], limit=10)
        [by_id] = await administration.find(guest.user.id, limit=10)
        assert by_name == by_id
        assert await administration.find("100%%_", limit=10) == []

    async def test_goes_by_role(self, administration: Administration, registering: Registering) -> None:
        email = address()
        await registering.account(email)
        await administration.promote(email, Role.MODERATOR)
        assert [each.person.email for each in await administration.find(email, Role.MODERATOR, limit=10)] == [email]
        assert await administration.find(email, Role.ADMIN, limit=10) == []

    async def test_does_not_find_a_guest_who_has_become_somebody_else(
        self,
        administration: Administration,
        accounts: Accounts,
        registering: Registering,
        guests: Guests,
        verifier: Verifier,
    ) -> None:
        email = address()
        await registering.account(email)
        guest = await guests.sign_in("파랑이")
        await accounts.sign_in(email, PASSWORD, PHONE, caller_of(verifier, guest))
        assert await administration.find(guest.user.id, limit=10) == []
        with pytest.raises(PersonMissing):
            await administration.disable(guest.user.id)

    @pytest.mark.parametrize("who", ["nobody@example.org", "guest_01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10", "guest_", ""])
    async def test_says_that_somebody_is_missing(self, administration: Administration, who: str) -> None:
        with pytest.raises(PersonMissing):
            await administration.end_sessions(who)


class TestRoles:
    async def test_count_with_a_second_factor_and_are_told(
        self,
        administration: Administration,
        registering: Registering,
        people: People,
        sign_ins: SignIns,
        mailbox: Mailbox,
    ) -> None:
        email = address()
        await registering.account(email)
        assert not await administration.promote(email, Role.ADMIN)
        assert "admin 역할을 줬어요" in (await mailbox.one(email)).text
        enrolled = await people.enrol()
        assert await administration.promote(enrolled.email, Role.MODERATOR)
        assert "moderator 역할을 줬어요" in (await mailbox.one(enrolled.email)).text
        mfa = await people.ask(enrolled)
        tokens = await sign_ins.finish(mfa.ticket, people.next_code(enrolled), PHONE, None, HERE)
        assert tokens.user.roles == ("moderator",)

    async def test_are_for_accounts(self, administration: Administration, guests: Guests) -> None:
        with pytest.raises(RoleNeedsAccount):
            await administration.promote((await guests.sign_in("초록이")).user.id, Role.ADMIN)

    async def test_that_are_taken_away_end_the_sessions_that_name_them(
        self,
        administration: Administration,
        people: People,
        sign_ins: SignIns,
        sessions: Sessions,
        mailbox: Mailbox,
        verifier: Verifier,
    ) -> None:
        enrolled = await people.enrol()
        await administration.promote(enrolled.email, Role.ADMIN)
        mfa = await people.ask(enrolled)
        tokens = await sign_ins.finish(mfa.ticket, people.next_code(enrolled), PHONE, None, HERE)
        await administration.demote(enrolled.email)
        assert await is_over(sessions, tokens)
        with pytest.raises(TokenExpired):
            verifier.verify(tokens.access_token)
        assert "역할을 모두 거뒀어요" in (await mailbox.all())[-1].text


class TestClosing:
    async def test_ends_what_is_open_and_is_told_to_who_knows_the_password_alone(
        self,
        administration: Administration,
        accounts: Accounts,
        registering: Registering,
        sessions: Sessions,
        mailbox: Mailbox,
        verifier: Verifier,
    ) -> None:
        email = address()
        account = await registering.account(email)
        await administration.disable(email)
        await administration.disable(email)
        assert "계정을 닫았어요" in (await mailbox.one(email)).text
        assert await is_over(sessions, account)
        with pytest.raises(TokenExpired):
            verifier.verify(account.access_token)
        with pytest.raises(SignInFailed):
            await accounts.sign_in(email, "another password", PHONE, None)
        with pytest.raises(AccountDisabled):
            await accounts.sign_in(email, PASSWORD, PHONE, None)
        await administration.enable(email)
        tokens = signed_in(await accounts.sign_in(email, PASSWORD, PHONE, None))
        told = [each.kind for each in await sessions.events(caller_of(verifier, tokens))]
        assert told == ["signed_in", "enabled", "sign_in_refused", "sign_in_failed", "disabled", "registered"]

    async def test_is_told_after_the_second_factor_where_there_is_one(
        self, administration: Administration, people: People, sign_ins: SignIns
    ) -> None:
        enrolled = await people.enrol()
        await administration.disable(enrolled.email)
        mfa = await people.ask(enrolled)
        with pytest.raises(FactorWrong):
            await sign_ins.finish(mfa.ticket, Proof(Factor.TOTP, "000000x"), PHONE, None, HERE)
        with pytest.raises(AccountDisabled):
            await sign_ins.finish(mfa.ticket, people.next_code(enrolled), PHONE, None, HERE)

    async def test_holds_for_passkeys_and_for_a_guests_words(
        self,
        administration: Administration,
        guests: Guests,
        person: Person,
        verifier: Verifier,
    ) -> None:
        device = Authenticator(HOME)
        account = await person.add(await guests.sign_in("초록이"), device)
        await administration.disable(account.user.id)
        with pytest.raises(AccountDisabled):
            await person.sign_in(device)
        guest = await guests.sign_in("파랑이")
        words = (await guests.new_recovery_code(caller_of(verifier, guest), "ko")).words
        await administration.disable(guest.user.id)
        for use in (guests.recoverable(words), guests.recover(words, PHONE, None)):
            with pytest.raises(AccountDisabled):
                await use
        await administration.enable(guest.user.id)
        assert (await guests.recover(words, PHONE, None)).user.id == guest.user.id


class TestResettingFactors:
    async def test_lets_the_password_sign_in_alone_and_withholds_roles(
        self,
        administration: Administration,
        accounts: Accounts,
        people: People,
        person: Person,
        totp_apps: TotpApps,
        sessions: Sessions,
        mailbox: Mailbox,
        verifier: Verifier,
    ) -> None:
        enrolled = await people.enrol()
        await administration.promote(enrolled.email, Role.ADMIN)
        with_passkey = await person.add(enrolled.tokens, Authenticator(HOME))
        [code, *_] = (await totp_apps.new_recovery_codes(caller_of(verifier, with_passkey))).codes
        await mailbox.all()
        assert isinstance(await accounts.sign_in(enrolled.email, PASSWORD, PHONE, None, ELSEWHERE), MfaNeeded)
        await administration.reset_factors(enrolled.email)
        assert await is_over(sessions, with_passkey)
        assert "복구 코드를 지웠어요" in (await mailbox.one(enrolled.email)).text
        tokens = signed_in(await accounts.sign_in(enrolled.email, PASSWORD, PHONE, None))
        assert (tokens.user.roles, tokens.user.factor_needed) == ((), True)
        assert "factors_reset" in {each.kind for each in await sessions.events(caller_of(verifier, tokens))}
        assert (await totp_apps.factors(caller_of(verifier, tokens))).recovery_codes == 0
        assert code

    async def test_ends_the_tickets_that_wait_for_one(
        self, administration: Administration, people: People, sign_ins: SignIns
    ) -> None:
        enrolled = await people.enrol()
        mfa = await people.ask(enrolled)
        await administration.reset_factors(enrolled.email)
        with pytest.raises(TicketInvalid):
            await sign_ins.finish(mfa.ticket, people.next_code(enrolled), PHONE, None, HERE)

    async def test_does_not_close_the_only_way_in(
        self, administration: Administration, guests: Guests, person: Person
    ) -> None:
        device = Authenticator(HOME)
        account = await person.add(await guests.sign_in("초록이"), device)
        with pytest.raises(NoWayIn):
            await administration.reset_factors(account.user.id)
        assert (await person.sign_in(device)).user == account.user


async def test_ending_sessions_counts_those_that_went_on(
    administration: Administration, accounts: Accounts, registering: Registering, sessions: Sessions, mailbox: Mailbox
) -> None:
    email = address()
    account = await registering.account(email)
    other = signed_in(await accounts.sign_in(email, PASSWORD, PHONE, None))
    assert await administration.end_sessions(email) == 2
    for each in (account, other):
        assert await is_over(sessions, each)
    assert await administration.end_sessions(email) == 0
    assert "모든 기기에서 로그아웃" in (await mailbox.one(email)).text
