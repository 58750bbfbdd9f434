"""A guest who signs in as somebody known: what is kept of one belongs to the other, in every domain."""

from bunri.domains.auth.public import Caller, GuestMerged, Kind
from bunri.domains.auth.records import Person
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.subjects import person_id_of, subject_of


class Merging:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def merge(self, repository: AuthRepository, guest: Caller | None, person: Person) -> None:
        """Hands what ``guest`` has over to ``person``, within the transaction that signs ``person`` in: the guest is
        nobody from then on, and the other domains follow by their events. An account that was signed in here stays what
        it is; only its session goes."""
        old_id = person_id_of(guest.id) if guest else None
        if old_id is None or old_id == person.id:
            return
        old = await repository.lock_person(old_id)
        if old is None or old.gone or old.kind != Kind.GUEST:
            return
        await repository.set_merged(old.id, person.id)
        await self._sessions.end_all_within(repository, old.id)
        await repository.add_event(GuestMerged(old=subject_of(old.id), new=subject_of(person.id)))
