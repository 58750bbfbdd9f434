"""Showing anew who one is, before something is changed (ASVS 7.5.1): each way ends in a new session."""

from bunri.domains.auth.errors import FactorWrong, PasskeyInvalid, SignInFailed
from bunri.domains.auth.passwords import Passwords
from bunri.domains.auth.public import Caller
from bunri.domains.auth.records import Device, Factor, Person
from bunri.domains.auth.schemas import Tokens
from bunri.domains.auth.service.challenges import Challenges, PasskeyAnswer
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.service.factors import Proof
from bunri.domains.auth.service.sessions import person_id_of
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.domains.auth.service.tries import Tries


class Reauthentication:
    """By password, or by a passkey. Who signs in by an account elsewhere signs in there again (``Providers``)."""

    def __init__(
        self,
        context: AuthContext,
        sign_ins: SignIns,
        challenges: Challenges,
        passwords: Passwords,
        tries: Tries,
    ) -> None:
        self._transaction = context.transaction
        self._sessions = context.sessions
        self._sign_ins = sign_ins
        self._challenges = challenges
        self._passwords = passwords
        self._tries = tries
        self._clock = context.clock

    async def by_password(self, caller: Caller, password: str, proof: Proof | None = None) -> Tokens:
        """With the second factor, too, where there is one.

        Raises SignInFailed, FactorNeeded, FactorWrong, TooMany.
        """
        async with self._transaction() as repository:
            person = (await self._sessions.lock(repository, caller)).person
        try:
            async with self._tries.one(caller.id, "own password"):
                if not await self._passwords.matches(password, person.password_hash):
                    raise SignInFailed
                async with self._transaction() as repository:
                    session = await self._sessions.lock(repository, caller)
                    device = session.device
                    second = await self._sign_ins.second_factor(repository, session.person, proof, device)
                    shown = [Factor.PASSWORD, *second]
                    return await self._sessions.begin_again(repository, session, session.person, shown)
        except (SignInFailed, FactorWrong):
            await self._log_failure(person)
            raise

    async def by_passkey(self, caller: Caller, answer: PasskeyAnswer) -> Tokens:
        """A passkey of the caller is two factors by itself. Raises PasskeyInvalid, PasskeyElsewhere."""
        tokens: Tokens | None = None
        async with self._transaction() as repository:
            person = await repository.lock_person(person_id_of(caller))  # first, as who signs in locks them
            session = await self._sessions.lock(repository, caller)
            if await self._challenges.passkey_shown(repository, answer, of=session.person.id):
                tokens = await self._sessions.begin_again(repository, session, session.person, [Factor.PASSKEY])
        if tokens is None:
            if person:
                await self._log_failure(person)
            raise PasskeyInvalid
        return tokens

    async def _log_failure(self, person: Person) -> None:
        async with self._transaction() as repository:
            await repository.log_event("reauthentication_failed", person.id, Device(), self._clock())
