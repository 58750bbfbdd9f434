"""Signing in, from the first factor that was shown to the session. Every way in that shows one factor ends here, so
that none goes round the second."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from bunri.domains.auth.confirmations import TRIES
from bunri.domains.auth.errors import AccountDisabled, FactorNeeded, FactorWrong, TicketInvalid
from bunri.domains.auth.public import Caller
from bunri.domains.auth.records import Device, Factor, Person, Request, RequestKind, shows_two
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.schemas import Mfa, MfaNeeded, Tokens
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.service.factors import Factors, Proof
from bunri.domains.auth.service.merging import Merging
from bunri.domains.auth.service.requests import Confirmation
from bunri.domains.auth.service.tries import Tries
from bunri.domains.auth.subjects import subject_of


class SignIns:
    def __init__(self, context: AuthContext, factors: Factors, merging: Merging, tries: Tries) -> None:
        self._transaction = context.transaction
        self._sessions = context.sessions
        self._requests = context.requests
        self._factors = factors
        self._mails = context.mails
        self._merging = merging
        self._tries = tries
        self._settings = context.settings
        self._clock = context.clock

    @asynccontextmanager
    async def attempt(self, device: Device) -> AsyncIterator[AuthRepository]:
        """A transaction in which somebody signs in. Where the account is disabled, nothing of it is kept but the event,
        and AccountDisabled is raised."""
        try:
            async with self._transaction() as repository:
                yield repository
        except AccountDisabled as refused:
            async with self._transaction() as repository:
                await repository.log_event("sign_in_refused", refused.person_id, device, self._clock())
            raise

    # ── the first factor ──────────────────────────────────────────────────────────────────────────────────────────

    async def begin(
        self,
        repository: AuthRepository,
        person: Person,
        factors: list[Factor],
        device: Device,
        caller: Caller | None,
        browser: bytes | None,
    ) -> Tokens | MfaNeeded:
        """``person``, who is locked, has shown ``factors``: signs in, or asks for the second factor where there is one.

        ``caller``: who was here until now; a guest's things come along. ``browser``: the hash of the cookie of the
        browser, in which the second factor has to be shown, too. Raises AccountDisabled, once all factors were shown.
        """
        methods = [] if shows_two(factors) else await self._factors.methods_of(repository, person)
        if not methods:
            return await self._sign_in(repository, person, factors, device, caller)
        request = await self._requests.add(
            repository,
            RequestKind.SECOND_FACTOR,
            person_id=person.id,
            data={"factors": list(factors)},
            browser=browser,
            lifetime=self._settings.code_ttl,
            replaces=False,
        )
        expires_in = int(self._settings.code_ttl.total_seconds())
        return MfaNeeded(mfa=Mfa(ticket=self._requests.token_of(request), methods=methods, expires_in=expires_in))

    async def _sign_in(
        self,
        repository: AuthRepository,
        person: Person,
        factors: list[Factor],
        device: Device,
        caller: Caller | None,
    ) -> Tokens:
        if person.disabled_at:
            raise AccountDisabled(person.id)
        if person.erase_at:
            await repository.set_erasure(person.id, None)
            await self._mails.tell(repository, person, "erasure_stopped")
        await repository.log_event("signed_in", person.id, device, self._clock())
        await self.leave(repository, caller, person)
        return await self._sessions.begin(repository, person, factors, device)

    async def leave(self, repository: AuthRepository, caller: Caller | None, person: Person) -> None:
        """Ends the session at hand, since another takes its place; a guest who was somebody else comes along."""
        if caller is None:
            return
        session = await repository.lock_session(caller.session_id)
        if session and session.person.id == person.id:
            await self._sessions.end_within(repository, session)
        else:
            await self._merging.merge(repository, caller, person)

    # ── the second ────────────────────────────────────────────────────────────────────────────────────────────────

    async def finish(
        self, ticket: str, proof: Proof, device: Device, caller: Caller | None, browser: bytes | None
    ) -> Tokens:
        """Signs in who shows the second factor, too. The ticket bears five wrong tries and ten minutes, in the browser
        that has shown the first.

        Raises TicketInvalid, FactorWrong, AccountDisabled, and TooMany for an account that is tried too often, with
        whatever tickets.
        """
        given = Confirmation(token=ticket, browser=browser)
        async with self._tries.one(subject_of(await self._person_of(given)), "code"):
            async with self.attempt(device) as repository:
                request, person = await self._lock(repository, given)
                if await self._factors.is_shown(repository, person, proof, device):
                    await repository.remove_request(request.id)
                    factors = [*(Factor(each) for each in request.data["factors"]), proof.method]
                    return await self._sign_in(repository, person, factors, device, caller)
                await self._count_wrong(repository, request, person, device)
            raise FactorWrong

    async def _person_of(self, given: Confirmation) -> UUID:
        async with self._transaction() as repository:
            return (await self._lock(repository, given))[1].id

    async def _lock(self, repository: AuthRepository, given: Confirmation) -> tuple[Request, Person]:
        """The ticket and whose it is."""
        request = await self._requests.lock(repository, RequestKind.SECOND_FACTOR, given)
        person = await repository.lock_person(request.person_id) if request and request.person_id else None
        if request is None or person is None or request.browser not in (None, given.browser):
            raise TicketInvalid
        return request, person

    async def _count_wrong(self, repository: AuthRepository, request: Request, person: Person, device: Device) -> None:
        """The fifth ends the ticket, and its person hears of it: somebody knows the password."""
        await repository.log_event("second_factor_failed", person.id, device, self._clock())
        if request.tries + 1 < TRIES:
            await repository.count_try(request.id)
            return
        await repository.remove_request(request.id)
        await self._mails.tell(repository, person, "second_factor_failed")

    # ── again ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def has_second_factor(self, repository: AuthRepository, person: Person) -> bool:
        return bool(await self._factors.methods_of(repository, person))

    async def second_factor(
        self, repository: AuthRepository, person: Person, proof: Proof | None, device: Device
    ) -> list[Factor]:
        """The second factor that a person who is here already shows beside the password; empty where there is none.

        Raises FactorNeeded where it is missing, FactorWrong.
        """
        methods = await self._factors.methods_of(repository, person)
        if not methods:
            return []
        if proof is None:
            raise FactorNeeded
        if not await self._factors.is_shown(repository, person, proof, device):
            raise FactorWrong
        return [proof.method]
