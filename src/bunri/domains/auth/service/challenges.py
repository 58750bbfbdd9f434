"""Challenges that passkeys sign: made here, kept for a few minutes, good once. And passkeys that have signed one."""

import base64
import secrets
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from bunri.domains.auth.errors import PasskeyElsewhere, PasskeyInvalid, PasskeysImpossible
from bunri.domains.auth.records import Passkey, RequestKind
from bunri.domains.auth.relying_party import RelyingParty
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.service.requests import Requests
from bunri.domains.auth.settings import AuthSettings
from bunri.kit.clock import Clock

_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class PasskeyAnswer:
    """``credential``: what ``navigator.credentials`` gave for the challenge of ``request``, as JSON (``toJSON()``)."""

    request: UUID
    credential: dict[str, Any]


class Challenges:
    def __init__(self, party: RelyingParty, requests: Requests, settings: AuthSettings, clock: Clock) -> None:
        self.party = party
        self._requests = requests
        self._settings = settings
        self._clock = clock

    async def make(
        self, repository: AuthRepository, kind: RequestKind, *, person_id: UUID | None, origin: str | None
    ) -> tuple[UUID, bytes]:
        """A new challenge, and what it is called. ``origin``: the page's, as far as the request says; nothing rests on
        it, but its person learns at once where to go. Raises PasskeyElsewhere, PasskeysImpossible."""
        if not self.party.is_possible:
            raise PasskeysImpossible
        if origin is not None and not self.party.takes(origin):
            raise PasskeyElsewhere(place=self.party.place)
        challenge = secrets.token_bytes(_BYTES)
        request = await self._requests.add(
            repository,
            kind,
            person_id=person_id,
            data={"challenge": base64.b64encode(challenge).decode()},
            browser=None,
            lifetime=self._settings.challenge_ttl,
        )
        return request.id, challenge

    async def take(
        self, repository: AuthRepository, kind: RequestKind, request_id: UUID, *, person_id: UUID | None
    ) -> bytes | None:
        """The challenge, which is none any more; None for one that is too old, was used, or is another's."""
        request = await repository.lock_request(request_id)
        if request is None or request.kind != kind or request.person_id != person_id:
            return None
        await repository.remove_request(request.id)
        return base64.b64decode(request.data["challenge"]) if request.expires_at > self._clock() else None

    async def passkey_shown(
        self, repository: AuthRepository, answer: PasskeyAnswer, *, of: UUID | None = None
    ) -> Passkey | None:
        """The passkey that has signed the challenge, of the person ``of``, or of whoever has it, who is locked then.
        None for a wrong answer; the challenge is used up all the same. Raises PasskeyElsewhere."""
        from bunri.domains.auth import ceremonies  # its library takes 7 MiB of each process that loads it

        challenge = await self.take(repository, RequestKind.SHOW_PASSKEY, answer.request, person_id=None)
        try:
            found = await repository.passkey_by_credential(ceremonies.credential_id_of(answer.credential))
            if challenge is None or found is None or of not in (None, found.person_id):
                return None
            await repository.lock_person(found.person_id)
            passkey = await repository.lock_passkey(found.id)
            if passkey is None:
                return None
            count = ceremonies.verify_authentication(self.party, challenge, answer.credential, passkey)
        except PasskeyInvalid:
            return None
        await repository.use_passkey(passkey.id, count, self._clock())
        return passkey
