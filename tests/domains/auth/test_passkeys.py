"""Passkeys, by an authenticator in software. Numbers in brackets are rows of the list of real faults."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.domains.auth.people import (
    HERE,
    HOME,
    PASSWORD,
    PHONE,
    SETTINGS,
    Mailbox,
    Person,
    Registering,
    address,
    caller_of,
    is_over,
)
from tests.support.authenticator import Authenticator, encoded
from tests.support.clockwork import Clockwork

from bunri.app.settings import Settings
from bunri.domains.auth.errors import (
    FactorNeeded,
    FactorWrong,
    LastWayIn,
    PasskeyElsewhere,
    PasskeyInvalid,
    PasskeyKnown,
    PasskeyMissing,
    PasskeysImpossible,
    ReauthenticationNeeded,
)
from bunri.domains.auth.public import Kind
from bunri.domains.auth.records import Factor
from bunri.domains.auth.relying_party import relying_party
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.schemas import MfaNeeded, Tokens
from bunri.domains.auth.service.accounts import Accounts
from bunri.domains.auth.service.challenges import Challenges, PasskeyAnswer
from bunri.domains.auth.service.factors import Proof
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.passkeys import Passkeys
from bunri.domains.auth.service.reauthentication import Reauthentication
from bunri.domains.auth.service.requests import Requests
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.domains.auth.service.upkeep import Upkeep
from bunri.domains.auth.subjects import person_id_of
from bunri.domains.auth.tokens import Verifier
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction


class TestAdding:
    async def test_makes_a_guest_an_account_without_a_password(
        self,
        guests: Guests,
        person: Person,
        device: Authenticator,
        sessions: Sessions,
        clock: Clockwork,
        transaction: Transaction[AuthRepository],
    ) -> None:
        guest = await guests.sign_in("초록이")
        account = await person.add(guest, device)
        assert (account.user.id, account.user.kind) == (guest.user.id, Kind.ACCOUNT)
        assert await is_over(sessions, guest)
        assert (await person.sign_in(device)).user == account.user
        clock.now += SETTINGS.guest_age * 2
        async with transaction() as repository:
            unused = await repository.unused_guests(clock.now, 10_000)
        assert person_id_of(guest.user.id) not in unused

    async def test_is_told_listed_and_ends_other_sessions(
        self,
        accounts: Accounts,
        registering: Registering,
        person: Person,
        device: Authenticator,
        passkeys: Passkeys,
        mailbox: Mailbox,
        sessions: Sessions,
        upkeep: Upkeep,
        verifier: Verifier,
    ) -> None:
        email = address()
        account = await registering.account(email)
        other = await accounts.sign_in(email, PASSWORD, PHONE, None)
        assert isinstance(other, Tokens)
        added = await person.add(account, device, end_others=True)
        assert "패스키가 추가" in (await mailbox.one(email)).text
        assert [each.name for each in await passkeys.of(caller_of(verifier, added))] == ["열쇠"]
        exported = await upkeep.export(added.user.id)
        assert [each["name"] for each in exported["passkeys"]] == ["열쇠"]
        assert await is_over(sessions, other)

    async def test_an_account_has_shown_who_it_is(
        self, registering: Registering, passkeys: Passkeys, verifier: Verifier, clock: Clockwork
    ) -> None:
        caller = caller_of(verifier, await registering.account(address()))
        clock.move(minutes=10, seconds=1)
        with pytest.raises(ReauthenticationNeeded):
            await passkeys.registration_options(caller, HOME)

    async def test_of_one_that_is_known_is_refused(self, guests: Guests, person: Person, device: Authenticator) -> None:
        await person.add(await guests.sign_in("초록이"), device)
        with pytest.raises(PasskeyKnown):
            await person.add(await guests.sign_in("파랑이"), device)

    async def test_of_one_by_two_people_at_once_gives_it_to_one(
        self, guests: Guests, passkeys: Passkeys, device: Authenticator, verifier: Verifier
    ) -> None:
        adding = []
        for _ in range(2):
            caller = caller_of(verifier, await guests.sign_in("초록이"))
            asked = await passkeys.registration_options(caller, HOME)
            answer = PasskeyAnswer(asked.request, device.create(asked.options))
            adding.append(passkeys.add(caller, answer, None, end_others=False))
        answers = await asyncio.gather(*adding, return_exceptions=True)
        assert sorted(type(each).__name__ for each in answers) == ["PasskeyKnown", "Tokens"]

    async def test_answers_a_challenge_of_ones_own_once_and_in_time(
        self, guests: Guests, passkeys: Passkeys, device: Authenticator, verifier: Verifier, clock: Clockwork
    ) -> None:
        mine, other = [caller_of(verifier, await guests.sign_in("초록이")) for _ in range(2)]
        asked = await passkeys.registration_options(mine, HOME)
        answer = PasskeyAnswer(asked.request, device.create(asked.options))
        with pytest.raises(PasskeyInvalid):
            await passkeys.add(other, answer, None, end_others=False)
        await passkeys.add(mine, answer, None, end_others=False)
        with pytest.raises(PasskeyInvalid):
            await passkeys.add(other, answer, None, end_others=False)
        asked = await passkeys.registration_options(other, HOME)
        late = PasskeyAnswer(asked.request, Authenticator(HOME).create(asked.options))
        clock.now += SETTINGS.challenge_ttl
        with pytest.raises(PasskeyInvalid):
            await passkeys.add(other, late, None, end_others=False)

    async def test_needs_a_device_that_was_unlocked(self, guests: Guests, person: Person) -> None:
        """[23]"""
        with pytest.raises(PasskeyInvalid):
            await person.add(await guests.sign_in("초록이"), Authenticator(HOME, verifies=False))


class TestHosts:
    """[22]"""

    @pytest.mark.parametrize(
        "origin",
        ["https://www.bunri.example", "http://bunri.example", "https://bunri.example:8443", "http://10.0.0.7", "null"],
    )
    async def test_another_one_is_told_where_to_go(
        self, guests: Guests, passkeys: Passkeys, verifier: Verifier, origin: str
    ) -> None:
        caller = caller_of(verifier, await guests.sign_in("초록이"))
        for ask in (passkeys.registration_options(caller, origin), passkeys.authentication_options(origin)):
            with pytest.raises(PasskeyElsewhere) as refused:
                await ask
            assert refused.value.data == {"place": HOME}

    async def test_an_answer_of_another_one_is_refused(
        self, guests: Guests, person: Person, passkeys: Passkeys, device: Authenticator, verifier: Verifier
    ) -> None:
        caller = caller_of(verifier, await guests.sign_in("초록이"))
        asked = await passkeys.registration_options(caller, None)
        elsewhere = Authenticator("https://evil.example")
        with pytest.raises(PasskeyElsewhere):
            await passkeys.add(
                caller, PasskeyAnswer(asked.request, elsewhere.create(asked.options)), None, end_others=False
            )
        await person.add(await guests.sign_in("초록이"), device)
        device.origin = "https://evil.example"
        with pytest.raises(PasskeyElsewhere):
            await person.sign_in(device)

    async def test_a_passkey_of_another_domain_is_refused(
        self, guests: Guests, person: Person, passkeys: Passkeys, device: Authenticator
    ) -> None:
        await person.add(await guests.sign_in("초록이"), device)
        asked = await passkeys.authentication_options(HOME)
        answer = PasskeyAnswer(asked.request, device.get({**asked.options, "rpId": "evil.example"}))
        with pytest.raises(PasskeyInvalid):
            await passkeys.sign_in(answer, PHONE, None)

    @pytest.mark.parametrize(
        ("rp_id", "public_url", "expected", "origin", "taken"),
        [
            (None, None, "localhost", "http://localhost:5173", True),
            (None, None, "localhost", "http://[bad", False),
            (None, None, "localhost", "https://evil.example", False),
            ("bunri.example", "https://app.bunri.example/", "bunri.example", "https://app.bunri.example", True),
            ("bunri.example", "https://app.bunri.example/", "bunri.example", "https://bunri.example", False),
        ],
    )
    def test_go_by_settings(
        self, rp_id: str | None, public_url: str | None, expected: str, origin: str, taken: bool
    ) -> None:
        party = relying_party(rp_id, public_url, [])
        assert (party.id, party.takes(origin)) == (expected, taken)

    async def test_an_address_is_none(
        self, requests: Requests, clock: Clockwork, transaction: Transaction[AuthRepository]
    ) -> None:
        challenges = Challenges(relying_party(None, "http://10.0.0.7:8000", []), requests, SETTINGS, clock)
        async with transaction() as repository:
            with pytest.raises(PasskeysImpossible):
                await challenges.make(repository, "show_passkey", person_id=None, origin=None)  # type: ignore[arg-type]

    @pytest.mark.parametrize("rp_id", ["evil.example", "unri.example", "www.bunri.example"])
    def test_a_domain_that_is_not_ours_is_refused_at_the_start(self, rp_id: str) -> None:
        with pytest.raises(ValueError, match="BUNRI_AUTH__RP_ID"):
            Settings.model_validate({"public_url": HOME, "auth": {"rp_id": rp_id}})


class TestSigningIn:
    async def test_answers_a_challenge_once_and_in_time(
        self, guests: Guests, person: Person, passkeys: Passkeys, device: Authenticator, clock: Clockwork
    ) -> None:
        """[23]"""
        await person.add(await guests.sign_in("초록이"), device)
        answer = await person.answer(device)
        await passkeys.sign_in(answer, PHONE, None)
        with pytest.raises(PasskeyInvalid):
            await passkeys.sign_in(answer, PHONE, None)
        old = await person.answer(device)
        clock.now += SETTINGS.challenge_ttl
        with pytest.raises(PasskeyInvalid):
            await passkeys.sign_in(old, PHONE, None)

    async def test_of_another_challenge_is_refused(
        self, guests: Guests, person: Person, passkeys: Passkeys, device: Authenticator
    ) -> None:
        await person.add(await guests.sign_in("초록이"), device)
        first, second = [await passkeys.authentication_options(HOME) for _ in range(2)]
        with pytest.raises(PasskeyInvalid):
            await passkeys.sign_in(PasskeyAnswer(second.request, device.get(first.options)), PHONE, None)

    @pytest.mark.parametrize(
        "misbehave",
        [
            pytest.param(lambda device: setattr(device, "verifies", False), id="not unlocked"),
            pytest.param(lambda device: setattr(device, "step", 0), id="a counter that stands"),
            pytest.param(lambda device: setattr(device, "step", -3), id="a lower counter"),
            pytest.param(lambda device: setattr(device, "key", Authenticator(HOME).key), id="another key"),
            pytest.param(lambda device: setattr(device, "credential_id", b"unknown"), id="an unknown passkey"),
            pytest.param(lambda device: setattr(device, "handle", encoded(new_id().bytes)), id="another's handle"),
        ],
    )
    async def test_that_is_wrong_is_refused(
        self, guests: Guests, person: Person, device: Authenticator, misbehave: Callable[[Authenticator], None]
    ) -> None:
        """[23]"""
        await person.add(await guests.sign_in("초록이"), device)
        device.count = 10
        await person.sign_in(device)
        misbehave(device)
        with pytest.raises(PasskeyInvalid):
            await person.sign_in(device)

    async def test_works_without_a_counter(self, guests: Guests, person: Person) -> None:
        synced = Authenticator(HOME, step=0)
        await person.add(await guests.sign_in("초록이"), synced)
        for _ in range(2):
            assert await person.sign_in(synced)

    @pytest.mark.parametrize(
        "credential",
        [
            {},
            {"rawId": 5},
            {"rawId": "가"},
            {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}},
            {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": "x"},
        ],
    )
    async def test_of_garbage_is_refused(self, passkeys: Passkeys, credential: dict[str, Any]) -> None:
        asked = await passkeys.authentication_options(HOME)
        with pytest.raises(PasskeyInvalid):
            await passkeys.sign_in(PasskeyAnswer(asked.request, credential), PHONE, None)

    @pytest.mark.parametrize("broken", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
    @pytest.mark.parametrize("by", [encoded(b"{}"), encoded(b"[]"), "", "%", 5, encoded(b"\xff" * 40)])
    async def test_of_broken_parts_is_refused(
        self, guests: Guests, person: Person, passkeys: Passkeys, device: Authenticator, broken: str, by: object
    ) -> None:
        await person.add(await guests.sign_in("초록이"), device)
        answer = await person.answer(device)
        response = {**answer.credential["response"], broken: by}
        garbled = replace(answer, credential={**answer.credential, "response": response})
        with pytest.raises(PasskeyInvalid):
            await passkeys.sign_in(garbled, PHONE, None)

    async def test_shows_anew_who_one_is(
        self,
        guests: Guests,
        person: Person,
        passkeys: Passkeys,
        device: Authenticator,
        verifier: Verifier,
        sessions: Sessions,
        clock: Clockwork,
    ) -> None:
        account = await person.add(await guests.sign_in("초록이"), device)
        clock.move(minutes=10, seconds=1)
        with pytest.raises(ReauthenticationNeeded):
            await passkeys.registration_options(caller_of(verifier, account), HOME)
        answer = await person.answer(device)
        again = await passkeys.sign_in(answer, PHONE, caller_of(verifier, account))
        assert await is_over(sessions, account)
        assert await passkeys.registration_options(caller_of(verifier, again), HOME)


class TestReauthentication:
    async def stale(self, guests: Guests, person: Person, device: Authenticator, clock: Clockwork) -> Tokens:
        """Somebody with nothing but a passkey, who has shown it a while ago."""
        account = await person.add(await guests.sign_in("초록이"), device)
        clock.move(minutes=10, seconds=1)
        return account

    async def test_by_the_passkey_of_who_has_nothing_else(
        self,
        guests: Guests,
        person: Person,
        passkeys: Passkeys,
        reauthentication: Reauthentication,
        device: Authenticator,
        verifier: Verifier,
        sessions: Sessions,
        clock: Clockwork,
    ) -> None:
        account = await self.stale(guests, person, device, clock)
        again = await reauthentication.by_passkey(caller_of(verifier, account), await person.answer(device))
        assert again.user == account.user
        assert await is_over(sessions, account)
        assert await passkeys.registration_options(caller_of(verifier, again), HOME)

    async def test_of_somebody_else_or_used_before_is_refused_and_noted(
        self,
        guests: Guests,
        person: Person,
        reauthentication: Reauthentication,
        device: Authenticator,
        verifier: Verifier,
        sessions: Sessions,
        clock: Clockwork,
    ) -> None:
        caller = caller_of(verifier, await self.stale(guests, person, device, clock))
        other = Authenticator(HOME)
        await person.add(await guests.sign_in("파랑이"), other)
        used = await person.answer(device)
        await person.sign_in_with(used)
        for answer in (await person.answer(other), used):
            with pytest.raises(PasskeyInvalid):
                await reauthentication.by_passkey(caller, answer)
        kinds = [each.kind for each in await sessions.events(caller)]
        assert kinds.count("reauthentication_failed") == 2

    async def test_stands_in_for_password_and_second_factor(
        self,
        registering: Registering,
        person: Person,
        reauthentication: Reauthentication,
        device: Authenticator,
        verifier: Verifier,
    ) -> None:
        account = await person.add(await registering.account(address()), device)
        caller = caller_of(verifier, account)
        with pytest.raises(FactorNeeded):
            await reauthentication.by_password(caller, PASSWORD)
        assert await reauthentication.by_passkey(caller, await person.answer(device))


class TestAsSecondFactor:
    async def test_is_asked_for_and_taken(
        self,
        accounts: Accounts,
        registering: Registering,
        sign_ins: SignIns,
        guests: Guests,
        person: Person,
        device: Authenticator,
    ) -> None:
        email, stranger = address(), Authenticator(HOME)
        await person.add(await registering.account(email), device)
        await person.add(await guests.sign_in("파랑이"), stranger)
        asked = await accounts.sign_in(email, PASSWORD, PHONE, None, HERE)
        assert isinstance(asked, MfaNeeded)
        assert asked.mfa.methods == [Factor.PASSKEY]
        for proof in (
            Proof(Factor.PASSKEY),
            Proof(Factor.TOTP, "000000"),
            Proof(Factor.PASSKEY, passkey=await person.answer(stranger)),
        ):
            with pytest.raises(FactorWrong):
                await sign_ins.finish(asked.mfa.ticket, proof, PHONE, None, HERE)
        right = Proof(Factor.PASSKEY, passkey=await person.answer(device))
        assert (await sign_ins.finish(asked.mfa.ticket, right, PHONE, None, HERE)).user.kind == Kind.ACCOUNT


class TestRemoving:
    async def test_the_only_way_in_stays(
        self, guests: Guests, person: Person, passkeys: Passkeys, device: Authenticator, verifier: Verifier
    ) -> None:
        account = await person.add(await guests.sign_in("초록이"), device)
        caller = caller_of(verifier, account)
        (only,) = await passkeys.of(caller)
        with pytest.raises(LastWayIn):
            await passkeys.remove(caller, only.id, end_others=False)
        second = await person.add(account, Authenticator(HOME))
        await passkeys.remove(caller_of(verifier, second), only.id, end_others=False)
        with pytest.raises(PasskeyInvalid):
            await person.sign_in(device)

    async def test_is_told_and_nobody_removes_those_of_others(
        self,
        guests: Guests,
        registering: Registering,
        person: Person,
        passkeys: Passkeys,
        device: Authenticator,
        verifier: Verifier,
        mailbox: Mailbox,
    ) -> None:
        email = address()
        caller = caller_of(verifier, await person.add(await registering.account(email), device))
        other = caller_of(verifier, await person.add(await guests.sign_in("파랑이"), Authenticator(HOME)))
        (mine,) = await passkeys.of(caller)
        with pytest.raises(PasskeyMissing):
            await passkeys.remove(other, mine.id, end_others=False)
        await mailbox.all()
        await passkeys.remove(caller, mine.id, end_others=True)
        assert "패스키가 지워졌" in (await mailbox.one(email)).text
        assert await passkeys.of(caller) == []

    async def test_who_has_a_role_keeps_one(
        self,
        registering: Registering,
        person: Person,
        passkeys: Passkeys,
        device: Authenticator,
        verifier: Verifier,
        transaction: Transaction[AuthRepository],
    ) -> None:
        account = await person.add(await registering.account(address()), device)
        person_id = person_id_of(account.user.id)
        assert person_id
        async with transaction() as repository:
            await repository.set_roles(person_id, ["admin"])
        tokens = await person.sign_in(device)
        assert tokens.user.roles == ("admin",)
        (only,) = await passkeys.of(caller_of(verifier, tokens))
        with pytest.raises(FactorNeeded):
            await passkeys.remove(caller_of(verifier, tokens), only.id, end_others=False)
