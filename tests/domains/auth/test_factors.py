"""Second factors: added, shown, removed. Numbers in brackets are rows of the list of real faults."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.domains.auth.people import (
    ELSEWHERE,
    HERE,
    PASSWORD,
    PHONE,
    Enrolled,
    Mailbox,
    People,
    Registering,
    address,
    caller_of,
    is_over,
    signed_in,
    wrong,
)
from tests.support.clockwork import Clockwork

from bunri.domains.auth import models, totp
from bunri.domains.auth.errors import (
    AccountNeeded,
    FactorNeeded,
    FactorWrong,
    ReauthenticationNeeded,
    RecoveryCodeInvalid,
    SignInFailed,
    TicketInvalid,
    TotpExists,
    TotpMissing,
)
from bunri.domains.auth.public import GuestMerged
from bunri.domains.auth.records import Factor
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.schemas import MfaNeeded, Tokens
from bunri.domains.auth.service.accounts import Accounts
from bunri.domains.auth.service.factors import Proof
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.reauthentication import Reauthentication
from bunri.domains.auth.service.requests import Confirmation
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.domains.auth.service.totp_apps import TotpApps
from bunri.domains.auth.subjects import person_id_of
from bunri.domains.auth.tokens import Verifier
from bunri.platform.db import Database, Transaction
from bunri.platform.limits import TooMany


class TestAddingAnApp:
    async def test_counts_once_a_code_is_confirmed(
        self, accounts: Accounts, totp_apps: TotpApps, registering: Registering, mailbox: Mailbox, verifier: Verifier
    ) -> None:
        email = address()
        await totp_apps.add(caller_of(verifier, await registering.account(email)))
        assert signed_in(await accounts.sign_in(email, PASSWORD, PHONE, None))
        assert await mailbox.all() == []

    async def test_is_told_and_gives_a_new_session(
        self,
        totp_apps: TotpApps,
        registering: Registering,
        mailbox: Mailbox,
        verifier: Verifier,
        sessions: Sessions,
        clock: Clockwork,
    ) -> None:
        email = address()
        account = await registering.account(email)
        caller = caller_of(verifier, account)
        secret = (await totp_apps.add(caller)).secret
        tokens = await totp_apps.confirm(caller, totp.code_at(secret, clock()), end_others=False)
        assert await is_over(sessions, account)
        assert "인증 앱이 추가" in (await mailbox.one(email)).text
        assert "totp_added" in {each.kind for each in await sessions.events(caller_of(verifier, tokens))}

    async def test_ends_other_sessions_where_one_wants_it(
        self, accounts: Accounts, people: People, registering: Registering, sessions: Sessions
    ) -> None:
        email = address()
        person = Enrolled(email, "", await registering.account(email))
        other = signed_in(await accounts.sign_in(email, PASSWORD, PHONE, None))
        await people.add_app(person, end_others=True)
        assert await is_over(sessions, other)
        assert not await is_over(sessions, person.tokens)

    async def test_needs_a_right_code(
        self, totp_apps: TotpApps, registering: Registering, verifier: Verifier, clock: Clockwork
    ) -> None:
        caller = caller_of(verifier, await registering.account(address()))
        with pytest.raises(TotpMissing):
            await totp_apps.confirm(caller, "000000", end_others=False)
        person = Enrolled("", (await totp_apps.add(caller)).secret, await registering.account(address()))
        with pytest.raises(FactorWrong):
            await totp_apps.confirm(caller, wrong(person, clock).code, end_others=False)

    async def test_is_for_accounts_that_have_shown_who_they_are(
        self, totp_apps: TotpApps, registering: Registering, guests: Guests, verifier: Verifier, clock: Clockwork
    ) -> None:
        with pytest.raises(AccountNeeded):
            await totp_apps.add(caller_of(verifier, await guests.sign_in("초록이")))
        caller = caller_of(verifier, await registering.account(address()))
        clock.move(minutes=10, seconds=1)
        for change in (totp_apps.add(caller), totp_apps.remove(caller, end_others=False)):
            with pytest.raises(ReauthenticationNeeded):
                await change
        with pytest.raises(ReauthenticationNeeded):
            await totp_apps.new_recovery_codes(caller)

    async def test_a_second_one_waits_until_the_first_is_removed(
        self, totp_apps: TotpApps, people: People, verifier: Verifier
    ) -> None:
        caller = caller_of(verifier, (await people.enrol()).tokens)
        with pytest.raises(TotpExists):
            await totp_apps.add(caller)
        with pytest.raises(TotpExists):
            await totp_apps.confirm(caller, "000000", end_others=False)

    async def test_its_secret_is_not_in_the_database(self, people: People, database: Database) -> None:
        person = await people.enrol()
        async with database.transaction("auth") as session:
            kept = [bytes(each) for each in (await session.execute(select(models.Totp.secret))).scalars()]
        assert kept
        assert not any(person.secret.encode() in each for each in kept)


class TestSigningInByTwo:
    async def test_needs_both(self, people: People, sign_ins: SignIns, verifier: Verifier) -> None:
        person = await people.enrol()
        mfa = await people.ask(person)
        assert mfa.methods == [Factor.TOTP]
        tokens = await sign_ins.finish(mfa.ticket, people.next_code(person), PHONE, None, HERE)
        assert tokens.user == person.tokens.user
        assert caller_of(verifier, tokens).id == person.tokens.user.id

    async def test_a_wrong_password_gives_no_ticket(self, people: People, accounts: Accounts) -> None:
        person = await people.enrol()
        with pytest.raises(SignInFailed):
            await accounts.sign_in(person.email, "another password", PHONE, None, HERE)

    async def test_a_code_works_once(self, people: People, sign_ins: SignIns) -> None:
        """[21] Also that by which the app was confirmed, and in a new attempt."""
        person = await people.enrol()
        with pytest.raises(FactorWrong):
            await sign_ins.finish((await people.ask(person)).ticket, people.code(person), PHONE, None, HERE)
        code = people.next_code(person)
        await sign_ins.finish((await people.ask(person)).ticket, code, PHONE, None, HERE)
        with pytest.raises(FactorWrong):
            await sign_ins.finish((await people.ask(person)).ticket, code, PHONE, None, HERE)

    async def test_of_two_at_once_with_one_code_one_gets_in(self, people: People, sign_ins: SignIns) -> None:
        person = await people.enrol()
        tickets = [(await people.ask(person)).ticket for _ in range(2)]
        code = people.next_code(person)
        answers = await asyncio.gather(
            *(sign_ins.finish(each, code, PHONE, None, HERE) for each in tickets), return_exceptions=True
        )
        assert sorted(type(each).__name__ for each in answers) == ["FactorWrong", "Tokens"]

    async def test_a_ticket_works_once(self, people: People, sign_ins: SignIns) -> None:
        person = await people.enrol()
        ticket = (await people.ask(person)).ticket
        await sign_ins.finish(ticket, people.next_code(person), PHONE, None, HERE)
        with pytest.raises(TicketInvalid):
            await sign_ins.finish(ticket, people.next_code(person), PHONE, None, HERE)

    async def test_five_wrong_codes_end_the_ticket_and_the_person_hears_of_it(
        self, people: People, sign_ins: SignIns, mailbox: Mailbox, clock: Clockwork
    ) -> None:
        """[20]"""
        person = await people.enrol()
        ticket = (await people.ask(person)).ticket
        for _ in range(5):
            with pytest.raises(FactorWrong):
                await sign_ins.finish(ticket, wrong(person, clock), PHONE, None, HERE)
        with pytest.raises(TicketInvalid):
            await sign_ins.finish(ticket, people.next_code(person), PHONE, None, HERE)
        assert "2단계 인증에 실패" in (await mailbox.one(person.email)).text

    async def test_twenty_wrong_codes_within_an_hour_pause_them_whatever_the_tickets(
        self, people: People, sign_ins: SignIns, clock: Clockwork
    ) -> None:
        person = await people.enrol()
        for _ in range(4):
            ticket = (await people.ask(person)).ticket
            for _ in range(5):
                clock.move(seconds=15)
                with pytest.raises(FactorWrong):
                    await sign_ins.finish(ticket, wrong(person, clock), PHONE, None, HERE)
        clock.move(minutes=2)
        with pytest.raises(TooMany):
            await sign_ins.finish((await people.ask(person)).ticket, people.code(person), PHONE, None, HERE)
        clock.move(hours=2)
        ticket = (await people.ask(person)).ticket
        assert await sign_ins.finish(ticket, people.code(person), PHONE, None, HERE)

    async def test_a_ticket_is_good_for_ten_minutes_in_the_browser_that_asked(
        self, people: People, sign_ins: SignIns, clock: Clockwork
    ) -> None:
        person = await people.enrol()
        ticket = (await people.ask(person)).ticket
        for browser in (None, ELSEWHERE):
            with pytest.raises(TicketInvalid):
                await sign_ins.finish(ticket, people.code(person), PHONE, None, browser)
        clock.now += timedelta(minutes=10)
        with pytest.raises(TicketInvalid):
            await sign_ins.finish(ticket, people.code(person), PHONE, None, HERE)

    async def test_links_of_mails_are_no_tickets(
        self, people: People, sign_ins: SignIns, accounts: Accounts, mailbox: Mailbox
    ) -> None:
        person = await people.enrol()
        await accounts.forgot_password(person.email, HERE)
        link = (await mailbox.one(person.email)).token
        with pytest.raises(TicketInvalid):
            await sign_ins.finish(link, people.next_code(person), PHONE, None, HERE)

    async def test_a_code_of_somebody_else_is_wrong(self, people: People, sign_ins: SignIns) -> None:
        mine, theirs = await people.enrol(), await people.enrol()
        ticket = (await people.ask(mine)).ticket
        with pytest.raises(FactorWrong):
            await sign_ins.finish(ticket, people.next_code(theirs), PHONE, None, HERE)

    async def test_a_guests_things_come_along_with_the_second_factor(
        self,
        people: People,
        sign_ins: SignIns,
        guests: Guests,
        verifier: Verifier,
        sessions: Sessions,
        database: Database,
    ) -> None:
        person = await people.enrol()
        guest = await guests.sign_in("파랑이")
        caller = caller_of(verifier, guest)
        mfa = await people.ask(person, caller=caller)
        assert verifier.verify(guest.access_token).id == guest.user.id
        await sign_ins.finish(mfa.ticket, people.next_code(person), PHONE, caller, HERE)
        assert await is_over(sessions, guest)
        async with database.transaction("auth") as session:
            payloads = (await session.execute(select(models.outbox.c.payload))).scalars().all()
        assert GuestMerged(old=guest.user.id, new=person.tokens.user.id).model_dump() in payloads

    async def test_a_new_password_does_not_go_round_it(
        self, people: People, accounts: Accounts, mailbox: Mailbox
    ) -> None:
        """ASVS 6.4.3"""
        person = await people.enrol()
        await accounts.forgot_password(person.email, HERE)
        given = Confirmation(token=(await mailbox.one(person.email)).token, browser=HERE)
        await accounts.reset_password(given, "another horse", PHONE)
        answer = await accounts.sign_in(person.email, "another horse", PHONE, None, HERE)
        assert isinstance(answer, MfaNeeded)

    async def test_the_words_of_the_guest_who_it_was_do_not_go_round_it(
        self, guests: Guests, registering: Registering, verifier: Verifier
    ) -> None:
        guest = caller_of(verifier, await guests.sign_in("초록이"))
        code = await guests.new_recovery_code(guest, "ko")
        await registering.account(address(), guest=guest)
        with pytest.raises(RecoveryCodeInvalid):
            await guests.recover(code.words, PHONE, None)


class TestShowingItAgain:
    async def test_takes_both(
        self,
        people: People,
        reauthentication: Reauthentication,
        totp_apps: TotpApps,
        verifier: Verifier,
        clock: Clockwork,
    ) -> None:
        person = await people.enrol()
        clock.move(minutes=10, seconds=1)
        caller = caller_of(verifier, person.tokens)
        with pytest.raises(ReauthenticationNeeded):
            await totp_apps.remove(caller, end_others=False)
        with pytest.raises(FactorNeeded):
            await reauthentication.by_password(caller, PASSWORD)
        with pytest.raises(FactorWrong):
            await reauthentication.by_password(caller, PASSWORD, wrong(person, clock))
        with pytest.raises(SignInFailed):
            await reauthentication.by_password(caller, "another password", people.code(person))
        again = await reauthentication.by_password(caller, PASSWORD, people.code(person))
        await totp_apps.remove(caller_of(verifier, again), end_others=False)

    async def test_another_password_does_not_stand_in_for_it(
        self, people: People, accounts: Accounts, totp_apps: TotpApps, verifier: Verifier, clock: Clockwork
    ) -> None:
        caller = caller_of(verifier, (await people.enrol()).tokens)
        clock.move(minutes=10, seconds=1)
        with pytest.raises(ReauthenticationNeeded):
            await totp_apps.remove(caller, end_others=False)
        with pytest.raises(ReauthenticationNeeded):
            await accounts.change_password(caller, PASSWORD, "another horse", end_others=False)


class TestRecoveryCodes:
    async def test_stand_in_once_each(
        self, people: People, totp_apps: TotpApps, sign_ins: SignIns, mailbox: Mailbox, verifier: Verifier
    ) -> None:
        person = await people.enrol()
        codes = (await totp_apps.new_recovery_codes(caller_of(verifier, person.tokens))).codes
        assert "복구 코드를 새로" in (await mailbox.one(person.email)).text
        mfa = await people.ask(person)
        assert mfa.methods == [Factor.TOTP, Factor.RECOVERY_CODE]
        given = Proof(Factor.RECOVERY_CODE, codes[0].lower())
        await sign_ins.finish(mfa.ticket, given, PHONE, None, HERE)
        assert "복구 코드로 로그인" in (await mailbox.one(person.email)).text
        ticket = (await people.ask(person)).ticket
        with pytest.raises(FactorWrong):
            await sign_ins.finish(ticket, given, PHONE, None, HERE)
        assert await sign_ins.finish(ticket, Proof(Factor.RECOVERY_CODE, codes[9]), PHONE, None, HERE)

    async def test_new_ones_take_the_place_of_old_ones(
        self, people: People, totp_apps: TotpApps, sign_ins: SignIns, verifier: Verifier
    ) -> None:
        person = await people.enrol()
        caller = caller_of(verifier, person.tokens)
        old = (await totp_apps.new_recovery_codes(caller)).codes
        await totp_apps.new_recovery_codes(caller)
        ticket = (await people.ask(person)).ticket
        with pytest.raises(FactorWrong):
            await sign_ins.finish(ticket, Proof(Factor.RECOVERY_CODE, old[0]), PHONE, None, HERE)

    async def test_of_somebody_else_stay_theirs(
        self, people: People, totp_apps: TotpApps, sign_ins: SignIns, verifier: Verifier
    ) -> None:
        mine, theirs = await people.enrol(), await people.enrol()
        given = Proof(
            Factor.RECOVERY_CODE, (await totp_apps.new_recovery_codes(caller_of(verifier, theirs.tokens))).codes[0]
        )
        with pytest.raises(FactorWrong):
            await sign_ins.finish((await people.ask(mine)).ticket, given, PHONE, None, HERE)
        assert await sign_ins.finish((await people.ask(theirs)).ticket, given, PHONE, None, HERE)

    async def test_are_for_who_has_a_second_factor(
        self, totp_apps: TotpApps, registering: Registering, verifier: Verifier
    ) -> None:
        with pytest.raises(FactorNeeded):
            await totp_apps.new_recovery_codes(caller_of(verifier, await registering.account(address())))


class TestRemovingAnApp:
    async def test_is_told_and_takes_the_recovery_codes_along(
        self, people: People, totp_apps: TotpApps, accounts: Accounts, mailbox: Mailbox, verifier: Verifier
    ) -> None:
        person = await people.enrol()
        caller = caller_of(verifier, person.tokens)
        await totp_apps.new_recovery_codes(caller)
        await mailbox.all()
        await totp_apps.remove(caller, end_others=False)
        assert "인증 앱이 지워졌" in (await mailbox.one(person.email)).text
        assert signed_in(await accounts.sign_in(person.email, PASSWORD, PHONE, None, HERE))
        with pytest.raises(TotpMissing):
            await totp_apps.remove(caller, end_others=False)


class TestRoles:
    async def give(self, transaction: Transaction[AuthRepository], tokens: Tokens) -> None:
        person_id = person_id_of(tokens.user.id)
        assert person_id
        async with transaction() as repository:
            await repository.set_roles(person_id, ["moderator"])

    async def test_are_withheld_without_a_second_factor(
        self,
        people: People,
        accounts: Accounts,
        registering: Registering,
        sessions: Sessions,
        verifier: Verifier,
        transaction: Transaction[AuthRepository],
    ) -> None:
        """ASVS 6.3.3"""
        email = address()
        person = Enrolled(email, "", await registering.account(email))
        await self.give(transaction, person.tokens)
        person.tokens = signed_in(await accounts.sign_in(email, PASSWORD, PHONE, None))
        assert (person.tokens.user.roles, person.tokens.user.factor_needed) == ((), True)
        other = signed_in(await accounts.sign_in(email, PASSWORD, PHONE, None))
        await people.add_app(person)
        assert (person.tokens.user.roles, person.tokens.user.factor_needed) == (("moderator",), False)
        assert caller_of(verifier, person.tokens).roles == {"moderator"}
        refreshed = await sessions.refresh(other.refresh_token or "")
        assert caller_of(verifier, refreshed).roles == frozenset()

    async def test_come_with_the_second_factor_and_keep_the_last_one(
        self,
        people: People,
        totp_apps: TotpApps,
        sign_ins: SignIns,
        verifier: Verifier,
        transaction: Transaction[AuthRepository],
    ) -> None:
        person = await people.enrol()
        await self.give(transaction, person.tokens)
        ticket = (await people.ask(person)).ticket
        tokens = await sign_ins.finish(ticket, people.next_code(person), PHONE, None, HERE)
        assert tokens.user.roles == ("moderator",)
        with pytest.raises(FactorNeeded):
            await totp_apps.remove(caller_of(verifier, tokens), end_others=False)
        assert (await people.ask(person)).methods == [Factor.TOTP]

    async def test_given_after_the_factor_was_removed_are_withheld_too(
        self,
        people: People,
        totp_apps: TotpApps,
        sessions: Sessions,
        verifier: Verifier,
        transaction: Transaction[AuthRepository],
    ) -> None:
        person = await people.enrol()
        await totp_apps.remove(caller_of(verifier, person.tokens), end_others=False)
        await self.give(transaction, person.tokens)
        assert (await sessions.refresh(person.tokens.refresh_token or "")).user.roles == ()
