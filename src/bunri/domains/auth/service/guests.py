"""Guests: a name is enough to begin, and a code takes a guest to another device."""

from uuid import UUID

from bunri.domains.auth import recovery_codes
from bunri.domains.auth.errors import AccountDisabled, AlreadyAccount, RecoveryCodeInvalid
from bunri.domains.auth.public import Caller, Kind
from bunri.domains.auth.records import Device, Factor, Person
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.schemas import RecoverablePerson, RecoveryCodeOut, Tokens, User
from bunri.domains.auth.service.merging import Merging
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.subjects import public_tag, subject_of
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.kit.languages import Language
from bunri.platform.db import Transaction

KIND = "guest"


class Guests:
    def __init__(
        self, transaction: Transaction[AuthRepository], sessions: Sessions, merging: Merging, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._sessions = sessions
        self._merging = merging
        self._clock = clock

    async def sign_in(self, name: str, language: Language = "ko", device: Device = Device()) -> Tokens:
        """A new guest with a new session."""
        guest = new_person(name, language, self._clock)
        async with self._transaction() as repository:
            await repository.add_person(guest)
            return await self._sessions.begin(repository, guest, [Factor.NAME], device)

    async def new_recovery_code(self, caller: Caller, language: Language) -> RecoveryCodeOut:
        """Takes the place of the one before. Raises AlreadyAccount: an account signs in by its own ways."""
        code, now = recovery_codes.new_code(), self._clock()
        async with self._transaction() as repository:
            session = await self._sessions.lock(repository, caller)
            if session.person.kind != Kind.GUEST:
                raise AlreadyAccount
            await repository.replace_codes(session.person.id, KIND, [recovery_codes.kept_hash(code)], now)
            await repository.log_event("recovery_code_made", session.person.id, session.device, now)
        return RecoveryCodeOut(words=recovery_codes.words_of(code, language), text=recovery_codes.text_of(code))

    async def recoverable(self, typed: str) -> RecoverablePerson:
        """Whom the code would sign in; it stays good. Raises RecoveryCodeInvalid, AccountDisabled."""
        code_hash = _hash(typed)
        async with self._transaction() as repository:
            person = await self._usable(repository, await repository.owner_of_code(KIND, code_hash))
        subject = subject_of(person.id)
        user = User(id=subject, username=person.name, hash=public_tag(subject), kind=person.kind, roles=person.roles)
        return RecoverablePerson(user=user, created_at=person.created_at)

    async def recover(self, typed: str, device: Device, guest: Caller | None) -> Tokens:
        """Signs in the guest whose code it is. ``guest``: who was here until now, whose things come along.

        Raises RecoveryCodeInvalid, also for a code that was used; AccountDisabled.
        """
        code_hash = _hash(typed)
        async with self._transaction() as repository:
            person = await self._usable(repository, await repository.use_code(KIND, code_hash))
            await self._merging.merge(repository, guest, person)
            await repository.log_event("recovery_code_used", person.id, device, self._clock())
            return await self._sessions.begin(repository, person, [Factor.RECOVERY_CODE], device)

    async def _usable(self, repository: AuthRepository, person_id: UUID | None) -> Person:
        person = await repository.person_by_id(person_id) if person_id else None
        if person is None or person.merged_into or person.kind != Kind.GUEST:  # an account's factors are not gone round
            raise RecoveryCodeInvalid
        if person.disabled_at:
            raise AccountDisabled(person.id)
        return person


def new_person(name: str, language: Language, clock: Clock) -> Person:
    """Somebody whom we have never seen."""
    return Person(
        id=new_id(), name=name, language=language, email=None, password_hash=None, roles=(), created_at=clock()
    )


def _hash(typed: str) -> bytes:
    code = recovery_codes.read_code(typed)
    if code is None:
        raise RecoveryCodeInvalid
    return recovery_codes.kept_hash(code)
