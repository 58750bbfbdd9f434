"""What happens to people without anybody asking, and all that is kept of one."""

from typing import Any, Final

from bunri.domains.auth.public import PersonErased
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.unlinking import note_unlinkings
from bunri.domains.auth.settings import AuthSettings
from bunri.domains.auth.subjects import person_id_of, subject_of
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

BATCH: Final = 200
_EVENTS: Final = 10_000


class Upkeep:
    def __init__(
        self, transaction: Transaction[AuthRepository], sessions: Sessions, settings: AuthSettings, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._sessions = sessions
        self._settings = settings
        self._clock = clock

    async def forget(self) -> None:
        """Removes what has been kept for long enough, and has those erased whose time has come: deleted accounts, and
        guests whom nobody has seen for more than a year."""
        now = self._clock()
        async with self._transaction() as repository:
            await repository.remove_expired_requests(now)
            await repository.remove_old_sessions(now - self._settings.refresh_grace)
            await repository.remove_old_events(now - self._settings.log_age)
            leaving = await repository.to_be_erased(now, BATCH)
            leaving += await repository.unused_guests(now - self._settings.guest_age, BATCH)
            for person_id in leaving:
                await repository.add_event(PersonErased(owner=subject_of(person_id)))

    async def erase(self, owner: str) -> None:
        """Ends a person's sessions and forgets the person; once more does no harm."""
        person_id = person_id_of(owner)
        if person_id is None:
            return
        async with self._transaction() as repository:
            person = await repository.lock_person(person_id)
            await self._sessions.end_all_within(repository, person_id)
            await repository.forget_names_of_events(person_id)
            if person and person.email:
                await repository.remove_mails_to(person.email)
            await note_unlinkings(repository, person_id, self._clock())
            await repository.remove_person(person_id)

    async def export(self, owner: str) -> dict[str, Any]:
        """What is kept of a person; empty for somebody unknown."""
        person_id = person_id_of(owner)
        async with self._transaction() as repository:
            person = await repository.person_by_id(person_id) if person_id else None
            if person is None:
                return {}
            sessions = await repository.sessions_of(person.id)
            events = await repository.events_of(person.id, _EVENTS)
            identities = await repository.identities_of(person.id)
            passkeys = await repository.passkeys_of(person.id)
            app = await repository.lock_totp(person.id)
        return {
            "id": owner,
            "name": person.name,
            "language": person.language,
            "email": person.email,
            "has_password": person.password_hash is not None,
            "identities": [{"provider": provider, "subject": subject} for provider, subject in identities],
            "has_authenticator_app": app is not None and app.confirmed_at is not None,
            "passkeys": [
                {
                    "name": each.name,
                    "created_at": each.created_at.isoformat(),
                    "last_used_at": each.last_used_at.isoformat() if each.last_used_at else None,
                }
                for each in passkeys
            ],
            "roles": list(person.roles),
            "created_at": person.created_at.isoformat(),
            "sessions": [
                {
                    "device": each.device.name,
                    "network": each.device.network,
                    "created_at": each.created_at.isoformat(),
                    "last_used_at": each.rotated_at.isoformat(),
                    "expires_at": each.expires_at.isoformat(),
                }
                for each in sessions
            ],
            "events": [
                {
                    "kind": each.kind,
                    "device": each.device.name,
                    "network": each.device.network,
                    "at": each.created_at.isoformat(),
                }
                for each in events
            ],
        }
