"""What an operator does to people, from the terminal: roles, closing an account, help for who has lost every factor.

Each change is a line in the person's security events, and a mail where one reaches them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bunri.domains.auth.errors import NoWayIn, PersonMissing, RoleNeedsAccount
from bunri.domains.auth.public import Kind
from bunri.domains.auth.records import Device, Factor, FoundPerson, Person, RequestKind, Role
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.service.factors import CODES
from bunri.domains.auth.subjects import person_id_of

TERMINAL: Final = Device("bunri users")
"""Where the events come from."""


class Administration:
    """``who``: the address or the id (``guest_<uuid>``) of a person. All but ``find`` raise PersonMissing."""

    def __init__(self, context: AuthContext) -> None:
        self._transaction = context.transaction
        self._sessions = context.sessions
        self._mails = context.mails
        self._clock = context.clock

    async def find(self, search: str = "", role: Role | None = None, *, limit: int) -> Sequence[FoundPerson]:
        """Whose id is ``search``, or whose address or name has it in it; the newest first."""
        person_id = person_id_of(search)
        async with self._transaction() as repository:
            words = "" if person_id else search
            return await repository.find_people(words=words, person_id=person_id, role=role, limit=limit)

    async def promote(self, who: str, role: Role) -> bool:
        """Gives the role, beside any other; whether it counts already, since there is a second factor. Raises
        RoleNeedsAccount."""
        async with self._transaction() as repository:
            person = await self._lock(repository, who)
            if person.kind != Kind.ACCOUNT:
                raise RoleNeedsAccount(who=who)
            if role not in person.roles:
                await repository.set_roles(person.id, [*person.roles, role])
                await self._note(repository, person, "role_given", role=role)
            [found] = await repository.find_people(person_id=person.id, limit=1)
            return found.has_second_factor

    async def demote(self, who: str) -> None:
        """Takes all roles away. The sessions end, too, since their tokens name the roles."""
        async with self._transaction() as repository:
            person = await self._lock(repository, who)
            if person.roles:
                await repository.set_roles(person.id, [])
                await self._sessions.end_all_within(repository, person.id)
                await self._note(repository, person, "roles_taken")

    async def disable(self, who: str) -> None:
        """Nobody signs in as this person until ``enable``, and every session ends. What the person made stays."""
        async with self._transaction() as repository:
            person = await self._lock(repository, who)
            await self._set_disabled(repository, person, self._clock())
            await self._sessions.end_all_within(repository, person.id)

    async def enable(self, who: str) -> None:
        async with self._transaction() as repository:
            await self._set_disabled(repository, await self._lock(repository, who), None)

    async def _set_disabled(self, repository: AuthRepository, person: Person, at: datetime | None) -> None:
        if (person.disabled_at is None) != (at is None):
            await repository.set_disabled(person.id, at)
            await self._note(repository, person, "disabled" if at else "enabled")

    async def reset_factors(self, who: str) -> None:
        """Removes the authenticator app, the passkeys and the recovery codes of somebody who has lost them, and ends
        the sessions. The password or the provider signs in then; roles wait for a new second factor.

        Raises NoWayIn for who signs in by passkeys alone and has no address for a new password.
        """
        async with self._transaction() as repository:
            person = await self._lock(repository, who)
            other_ways = person.password_hash or person.email or await repository.identities_of(person.id)
            if not other_ways and await repository.passkeys_of(person.id):
                raise NoWayIn(who=who)
            await repository.remove_totp(person.id)
            await repository.remove_passkeys_of(person.id)
            await repository.replace_codes(person.id, CODES, [], self._clock())
            await repository.remove_requests_of(person.id, RequestKind.SECOND_FACTOR)
            for factor in (Factor.TOTP, Factor.PASSKEY):
                await repository.forget_factor(person.id, factor)
            await self._sessions.end_all_within(repository, person.id)
            await self._note(repository, person, "factors_reset")

    async def end_sessions(self, who: str) -> int:
        """Signs the person out everywhere; how many sessions that ended."""
        now = self._clock()
        async with self._transaction() as repository:
            person = await self._lock(repository, who)
            going_on = [each for each in await repository.sessions_of(person.id) if not each.is_over(now)]
            await self._sessions.end_all_within(repository, person.id)
            if going_on:
                await self._note(repository, person, "sessions_ended")
        return len(going_on)

    async def _lock(self, repository: AuthRepository, who: str) -> Person:
        """Whom nobody else changes until the transaction ends. A guest who has become somebody else is nobody."""
        by_email = await repository.person_by_email(who) if "@" in who else None
        person_id = by_email.id if by_email else person_id_of(who)
        person = await repository.lock_person(person_id) if person_id else None
        if person is None or person.merged_into:
            raise PersonMissing(who=who)
        return person

    async def _note(self, repository: AuthRepository, person: Person, what: str, **values: str) -> None:
        await repository.log_event(what, person.id, TERMINAL, self._clock())
        await self._mails.tell(repository, person, what, **values)
