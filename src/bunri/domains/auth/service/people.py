"""What other domains may ask of auth about people, and what people do with all that is kept of them."""

from datetime import datetime
from typing import TYPE_CHECKING

from bunri.domains.auth.public import AuthPublic, Caller, Kind, KnownPerson, PersonErased
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.subjects import person_id_of, public_tag, subject_of
from bunri.kit.languages import Language


class People:
    """Implements ``auth.public.AuthPublic``."""

    def __init__(self, context: AuthContext) -> None:
        self._transaction = context.transaction
        self._sessions = context.sessions
        self._mails = context.mails
        self._settings = context.settings
        self._clock = context.clock

    async def person(self, owner: str) -> KnownPerson | None:
        person_id = person_id_of(owner)
        if person_id is None:
            return None
        async with self._transaction() as repository:
            person = await repository.person_by_id(person_id)
        if person is None or person.gone:
            return None
        return KnownPerson(
            id=owner,
            name=person.name,
            hash=public_tag(owner),
            kind=person.kind,
            email=person.email,
            has_password=person.password_hash is not None,
            language=person.language,
            roles=person.roles,
            created_at=person.created_at,
        )

    async def rename(self, caller: Caller, name: str) -> None:
        async with self._transaction() as repository:
            session = await self._sessions.lock(repository, caller)
            await repository.rename(session.person.id, name)

    async def set_language(self, caller: Caller, language: Language) -> None:
        async with self._transaction() as repository:
            session = await self._sessions.lock(repository, caller)
            await repository.set_language(session.person.id, language)

    async def begin_export(self, caller: Caller) -> None:
        async with self._transaction() as repository:
            session = await self._sessions.lock_fresh(repository, caller)
            await repository.log_event("exported", session.person.id, session.device, self._clock())
            await self._mails.tell(repository, session.person, "exported")

    async def delete(self, caller: Caller) -> datetime:
        now = self._clock()
        async with self._transaction() as repository:
            session = await self._sessions.lock_fresh(repository, caller)
            person, erase_at = session.person, now
            if person.kind == Kind.ACCOUNT:
                erase_at = now + self._settings.erase_after
            else:
                await repository.add_event(PersonErased(owner=subject_of(person.id)))
            await repository.set_erasure(person.id, erase_at)
            await self._sessions.end_all_within(repository, person.id)
            await repository.log_event("deleted", person.id, session.device, now)
            await self._mails.tell(repository, person, "deleted")
        return erase_at


if TYPE_CHECKING:
    _: type[AuthPublic] = People
