"""Accounts elsewhere by which a person signs in: listed, and removed. They are added by signing in with them."""

from collections.abc import Sequence

from bunri.domains.auth.errors import IdentityMissing, LastWayIn
from bunri.domains.auth.public import Caller
from bunri.domains.auth.schemas import IdentityOut
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.service.sessions import person_id_of
from bunri.domains.auth.service.unlinking import note_unlinkings


class Identities:
    def __init__(self, context: AuthContext) -> None:
        self._transaction = context.transaction
        self._sessions = context.sessions
        self._mails = context.mails
        self._clock = context.clock

    async def of(self, caller: Caller) -> Sequence[IdentityOut]:
        """The oldest first."""
        async with self._transaction() as repository:
            found = await repository.linked_identities(person_id_of(caller))
        return [IdentityOut(provider=each.provider, created_at=each.created_at) for each in found]

    async def remove(self, caller: Caller, provider: str, *, end_others: bool) -> None:
        """The connection is ended at the provider, too, as soon as it answers.

        Raises ReauthenticationNeeded, IdentityMissing, LastWayIn for the only way to sign in.
        """
        now = self._clock()
        async with self._transaction() as repository:
            await repository.lock_person(person_id_of(caller))  # before the session, as who signs in locks them
            session = await self._sessions.lock_fresh(repository, caller)
            person = session.person
            linked = {each.provider for each in await repository.linked_identities(person.id)}
            if provider not in linked:
                raise IdentityMissing
            if len(linked) == 1 and person.password_hash is None and not await repository.passkeys_of(person.id):
                raise LastWayIn
            await note_unlinkings(repository, person.id, now, provider=provider)
            await repository.remove_identity(person.id, provider)
            await repository.forget_factor(person.id, provider)
            await repository.log_event("identity_unlinked", person.id, session.device, now)
            await self._mails.tell(repository, person, "identity_unlinked")
            if end_others:
                await self._sessions.end_all_within(repository, person.id, kept=session.id)
