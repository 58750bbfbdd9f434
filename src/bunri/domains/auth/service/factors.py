"""Second factors of a person: which there are, and whether one was shown."""

from dataclasses import dataclass

from bunri.domains.auth import factor_codes, totp
from bunri.domains.auth.errors import FactorNeeded
from bunri.domains.auth.records import Device, Factor, Person
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.secret_cipher import SecretCipher
from bunri.domains.auth.service.challenges import Challenges, PasskeyAnswer
from bunri.domains.auth.service.mails import Mails
from bunri.kit.clock import Clock

CODES = "factor"
"""The kind of the recovery codes that stand in for a lost second factor."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody shows as their second factor."""

    method: Factor
    code: str = ""
    passkey: PasskeyAnswer | None = None


class Factors:
    def __init__(self, cipher: SecretCipher, challenges: Challenges, mails: Mails, clock: Clock) -> None:
        self._cipher = cipher
        self._challenges = challenges
        self._mails = mails
        self._clock = clock

    async def methods_of(self, repository: AuthRepository, person: Person) -> list[Factor]:
        """By which the person can show a second factor; empty where there is none."""
        app = await repository.lock_totp(person.id)
        methods = [Factor.TOTP] if app and app.confirmed_at else []
        if await repository.passkeys_of(person.id):
            methods.append(Factor.PASSKEY)
        if methods and await repository.count_codes(person.id, CODES):
            methods.append(Factor.RECOVERY_CODE)
        return methods

    async def after_removal(self, repository: AuthRepository, person: Person) -> None:
        """When one was removed: recovery codes go with the last. Raises FactorNeeded for who has a role and now has no
        second factor."""
        if await self.methods_of(repository, person):
            return
        if person.roles:
            raise FactorNeeded
        await repository.replace_codes(person.id, CODES, [], self._clock())

    async def is_shown(self, repository: AuthRepository, person: Person, proof: Proof, device: Device) -> bool:
        """Whether ``proof`` is a second factor of the person. What works once is used up by it."""
        if proof.method == Factor.TOTP:
            return await self._is_totp(repository, person, proof.code)
        if proof.method == Factor.RECOVERY_CODE:
            return await self._is_recovery_code(repository, person, proof.code, device)
        if proof.method == Factor.PASSKEY and proof.passkey:
            return await self._challenges.passkey_shown(repository, proof.passkey, of=person.id) is not None
        return False

    async def _is_totp(self, repository: AuthRepository, person: Person, typed: str) -> bool:
        app = await repository.lock_totp(person.id)
        if app is None or app.confirmed_at is None:
            return False
        secret = self._cipher.decrypt(app.secret, person.id)
        step = totp.step_of(secret, typed, self._clock(), after=app.last_step)
        if step is None:
            return False
        await repository.use_step(person.id, step)
        return True

    async def _is_recovery_code(self, repository: AuthRepository, person: Person, typed: str, device: Device) -> bool:
        kept = factor_codes.kept_hash(typed)
        if kept is None or await repository.owner_of_code(CODES, kept) != person.id:
            return False
        if await repository.use_code(CODES, kept) is None:
            return False
        await repository.log_event("recovery_code_used", person.id, device, self._clock())
        await self._mails.tell(repository, person, "recovery_code_used")
        return True
