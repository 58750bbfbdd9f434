"""An account's authenticator app and recovery codes: added, removed."""

from bunri.domains.auth import factor_codes, totp
from bunri.domains.auth.errors import AccountNeeded, FactorNeeded, FactorWrong, TotpExists, TotpMissing
from bunri.domains.auth.public import Caller, Kind
from bunri.domains.auth.records import Factor, Session, Totp
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.schemas import FactorCodesOut, FactorsOut, Tokens, TotpOut
from bunri.domains.auth.secret_cipher import SecretCipher
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.service.factors import CODES, Factors
from bunri.domains.auth.service.sessions import person_id_of
from bunri.domains.auth.subjects import public_tag, subject_of
from bunri.platform.limits import RateLimiter


class TotpApps:
    """Whoever changes anything here has shown within the last ten minutes who they are (ASVS 7.5.1)."""

    def __init__(self, context: AuthContext, factors: Factors, cipher: SecretCipher, limiter: RateLimiter) -> None:
        self._transaction = context.transaction
        self._sessions = context.sessions
        self._factors = factors
        self._cipher = cipher
        self._mails = context.mails
        self._limiter = limiter
        self._clock = context.clock

    async def factors(self, caller: Caller) -> FactorsOut:
        """What the caller has beside the password."""
        async with self._transaction() as repository:
            person = (await self._sessions.lock(repository, caller)).person
            methods = await self._factors.methods_of(repository, person)
            return FactorsOut(methods=methods, recovery_codes=await repository.count_codes(person.id, CODES))

    async def add(self, caller: Caller) -> TotpOut:
        """A secret for an app, told this once; it counts when a code of it is confirmed.

        Raises ReauthenticationNeeded, AccountNeeded, TotpExists.
        """
        secret = totp.new_secret()
        async with self._transaction() as repository:
            person = (await self._fresh_account(repository, caller)).person
            app = await repository.lock_totp(person.id)
            if app and app.confirmed_at:
                raise TotpExists
            kept = self._cipher.encrypt(secret, person.id)
            await repository.put_totp(Totp(person.id, kept, self._clock()))
        account = person.email or f"{person.name} #{public_tag(subject_of(person.id))}"
        return TotpOut(secret=secret, uri=totp.uri_of(secret, account))

    async def confirm(self, caller: Caller, code: str, *, end_others: bool) -> Tokens:
        """The app counts from now on, and the session has shown it. The person's others end with ``end_others``.

        Raises ReauthenticationNeeded, AccountNeeded, TotpMissing, TotpExists, FactorWrong, TooMany.
        """
        await self._limiter.hit("sign_in", f"new authenticator app of {caller.id}")
        now = self._clock()
        async with self._transaction() as repository:
            session = await self._fresh_account(repository, caller)
            person = session.person
            app = await repository.lock_totp(person.id)
            if app is None:
                raise TotpMissing
            if app.confirmed_at:
                raise TotpExists
            step = totp.step_of(self._cipher.decrypt(app.secret, person.id), code, now, after=None)
            if step is None:
                raise FactorWrong
            await repository.confirm_totp(person.id, now)
            await repository.use_step(person.id, step)
            await repository.log_event("totp_added", person.id, session.device, now)
            await self._mails.tell(repository, person, "totp_added")
            return await self._sessions.begin_with_factor(repository, session, Factor.TOTP, end_others=end_others)

    async def remove(self, caller: Caller, *, end_others: bool) -> None:
        """Recovery codes go with the last second factor. Raises ReauthenticationNeeded, AccountNeeded, TotpMissing,
        and FactorNeeded for who has a role and no other second factor."""
        now = self._clock()
        async with self._transaction() as repository:
            session = await self._fresh_account(repository, caller)
            person = session.person
            app = await repository.lock_totp(person.id)
            if app is None:
                raise TotpMissing
            await repository.remove_totp(person.id)
            await repository.forget_factor(person.id, Factor.TOTP)
            if app.confirmed_at:
                await self._factors.after_removal(repository, person)
                await repository.log_event("totp_removed", person.id, session.device, now)
                await self._mails.tell(repository, person, "totp_removed")
            if end_others:
                await self._sessions.end_all_within(repository, person.id, kept=session.id)

    async def new_recovery_codes(self, caller: Caller) -> FactorCodesOut:
        """Ten, told this once, in place of those before. Raises ReauthenticationNeeded, AccountNeeded, and FactorNeeded
        where there is no second factor that they could stand in for."""
        codes, now = factor_codes.new_codes(), self._clock()
        async with self._transaction() as repository:
            session = await self._fresh_account(repository, caller)
            if not await self._factors.methods_of(repository, session.person):
                raise FactorNeeded
            hashes = [kept for kept in map(factor_codes.kept_hash, codes) if kept]
            await repository.replace_codes(session.person.id, CODES, hashes, now)
            await repository.log_event("recovery_codes_made", session.person.id, session.device, now)
            await self._mails.tell(repository, session.person, "recovery_codes_made")
        return FactorCodesOut(codes=codes)

    async def _fresh_account(self, repository: AuthRepository, caller: Caller) -> Session:
        """The person first and then the session, as who signs in locks them."""
        await repository.lock_person(person_id_of(caller))
        session = await self._sessions.lock_fresh(repository, caller)
        if session.person.kind != Kind.ACCOUNT:
            raise AccountNeeded
        return session
