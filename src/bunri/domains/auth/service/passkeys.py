"""Passkeys: added, listed, removed, and signed in by. One is two factors: the device, and what unlocks it."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from bunri.domains.auth.errors import LastWayIn, PasskeyInvalid, PasskeyKnown, PasskeyMissing, PasskeysFull
from bunri.domains.auth.public import Caller, Kind
from bunri.domains.auth.records import Device, Factor, Passkey, Person, RequestKind, Session
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.schemas import MfaNeeded, PasskeyOptions, PasskeyOut, Tokens
from bunri.domains.auth.service.challenges import Challenges, PasskeyAnswer
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.service.factors import Factors
from bunri.domains.auth.service.sessions import person_id_of
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.kit.ids import new_id

MOST: Final = 20
"""Passkeys of one person."""


class Passkeys:
    def __init__(self, context: AuthContext, challenges: Challenges, factors: Factors, sign_ins: SignIns) -> None:
        self._transaction = context.transaction
        self._sessions = context.sessions
        self._challenges = challenges
        self._factors = factors
        self._sign_ins = sign_ins
        self._mails = context.mails
        self._clock = context.clock

    async def of(self, caller: Caller) -> list[PasskeyOut]:
        """The oldest first."""
        async with self._transaction() as repository:
            found = await repository.passkeys_of(person_id_of(caller))
        return [
            PasskeyOut(id=each.id, name=each.name, created_at=each.created_at, last_used_at=each.last_used_at)
            for each in found
        ]

    # ── adding ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def registration_options(self, caller: Caller, origin: str | None) -> PasskeyOptions:
        """For a guest, too. Raises ReauthenticationNeeded, PasskeyElsewhere, PasskeysImpossible, PasskeysFull."""
        from bunri.domains.auth import ceremonies  # its library takes 7 MiB of each process that loads it

        async with self._transaction() as repository:
            person = (await self._lock_fresh(repository, caller)).person
            known = await repository.passkeys_of(person.id)
            if len(known) >= MOST:
                raise PasskeysFull(most=MOST)
            request, challenge = await self._challenges.make(
                repository, RequestKind.ADD_PASSKEY, person_id=person.id, origin=origin
            )
        party, name = self._challenges.party, person.email or person.name
        options = ceremonies.registration_options(party, challenge, person.id.bytes, name, known)
        return PasskeyOptions(request=request, options=options)

    async def add(self, caller: Caller, answer: PasskeyAnswer, name: str | None, *, end_others: bool) -> Tokens:
        """A guest becomes an account by it. The person's other sessions end with ``end_others``.

        Raises ReauthenticationNeeded, PasskeyInvalid, PasskeyElsewhere, PasskeyKnown.
        """
        from bunri.domains.auth import ceremonies

        person_id = person_id_of(caller)
        async with self._transaction() as repository:
            challenge = await self._challenges.take(
                repository, RequestKind.ADD_PASSKEY, answer.request, person_id=person_id
            )
        if challenge is None:
            raise PasskeyInvalid
        made = ceremonies.verify_registration(self._challenges.party, challenge, answer.credential)
        async with self._transaction() as repository:
            session = await self._lock_fresh(repository, caller)
            named, now = name or session.device.name, self._clock()
            passkey = Passkey(new_id(), person_id, made.credential_id, made.public_key, made.sign_count, named, now)
            if not await repository.add_passkey(passkey):
                raise PasskeyKnown
            return await self._added(repository, session, end_others=end_others)

    async def _added(self, repository: AuthRepository, session: Session, *, end_others: bool) -> Tokens:
        now, person = self._clock(), session.person
        await repository.make_account(person.id, now)
        await repository.log_event("passkey_added", person.id, session.device, now)
        await self._mails.tell(repository, person, "passkey_added")
        account = replace(session, person=replace(person, account_since=person.account_since or now))
        if person.kind == Kind.GUEST:  # who has shown nothing but a name until now
            account = replace(account, factors=(), authenticated_at=now)
        return await self._sessions.begin_with_factor(repository, account, Factor.PASSKEY, end_others=end_others)

    # ── removing ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def remove(self, caller: Caller, passkey_id: UUID, *, end_others: bool) -> None:
        """Raises ReauthenticationNeeded, PasskeyMissing, LastWayIn for the only way to sign in, and FactorNeeded for
        who has a role and no other second factor."""
        async with self._transaction() as repository:
            session = await self._lock_fresh(repository, caller)
            person = session.person
            others = [each for each in await repository.passkeys_of(person.id) if each.id != passkey_id]
            passkey = await repository.lock_passkey(passkey_id)
            if passkey is None or passkey.person_id != person.id:
                raise PasskeyMissing
            elsewhere = await repository.identities_of(person.id)
            if not (others or elsewhere) and person.password_hash is None:
                raise LastWayIn
            await repository.remove_passkey(passkey_id)
            if not others:
                await repository.forget_factor(person.id, Factor.PASSKEY)
            await self._removed(repository, person, session, end_others=end_others)

    async def _removed(self, repository: AuthRepository, person: Person, session: Session, *, end_others: bool) -> None:
        await self._factors.after_removal(repository, person)
        await repository.log_event("passkey_removed", person.id, session.device, self._clock())
        await self._mails.tell(repository, person, "passkey_removed")
        if end_others:
            await self._sessions.end_all_within(repository, person.id, kept=session.id)

    async def _lock_fresh(self, repository: AuthRepository, caller: Caller) -> Session:
        """The person first and then the session, as who signs in locks them."""
        await repository.lock_person(person_id_of(caller))
        return await self._sessions.lock_fresh(repository, caller)

    # ── signing in ────────────────────────────────────────────────────────────────────────────────────────────────

    async def authentication_options(self, origin: str | None) -> PasskeyOptions:
        """For whichever passkey the person has. Raises PasskeyElsewhere, PasskeysImpossible."""
        from bunri.domains.auth import ceremonies

        async with self._transaction() as repository:
            request, challenge = await self._challenges.make(
                repository, RequestKind.SHOW_PASSKEY, person_id=None, origin=origin
            )
        return PasskeyOptions(
            request=request, options=ceremonies.authentication_options(self._challenges.party, challenge)
        )

    async def sign_in(self, answer: PasskeyAnswer, device: Device, caller: Caller | None) -> Tokens:
        """Signs in whose passkey it is, without a name or a password; who is here already has shown anew who they are.

        Raises PasskeyInvalid, PasskeyElsewhere, AccountDisabled.
        """
        tokens: Tokens | MfaNeeded | None = None
        async with self._sign_ins.attempt(device) as repository:
            passkey = await self._challenges.passkey_shown(repository, answer)
            person = await repository.lock_person(passkey.person_id) if passkey else None
            if person is not None:
                tokens = await self._sign_ins.begin(repository, person, [Factor.PASSKEY], device, caller, None)
            else:
                await repository.log_event("sign_in_failed", None, device, self._clock())
        if not isinstance(tokens, Tokens):
            raise PasskeyInvalid
        return tokens
