"""Accounts: an address that mail reaches, and a password.

Nobody learns here whether an address has an account: what is asked for is answered alike and as late, and the mail says
the rest. Nothing that was asked for counts before it is confirmed, so an address cannot be taken by whoever cannot read
its mail.
"""

from dataclasses import replace
from uuid import UUID

from bunri.domains.auth.emails import key_of, masked
from bunri.domains.auth.errors import (
    AccountNeeded,
    ConfirmElsewhere,
    EmailTaken,
    RequestInvalid,
    SignInFailed,
)
from bunri.domains.auth.passwords import Passwords, check_acceptable
from bunri.domains.auth.public import Caller, Kind
from bunri.domains.auth.records import Device, Factor, Person, Request, RequestKind, Session
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.schemas import MfaNeeded, Tokens
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.service.guests import new_person
from bunri.domains.auth.service.requests import Confirmation
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.domains.auth.service.tries import Tries
from bunri.domains.auth.subjects import person_id_of
from bunri.kit.ids import new_id
from bunri.kit.languages import Language
from bunri.platform.limits import RateLimiter


class Accounts:
    def __init__(
        self,
        context: AuthContext,
        sign_ins: SignIns,
        passwords: Passwords,
        tries: Tries,
        limiter: RateLimiter,
    ) -> None:
        self._transaction = context.transaction
        self._sessions = context.sessions
        self._requests = context.requests
        self._mails = context.mails
        self._sign_ins = sign_ins
        self._passwords = passwords
        self._tries = tries
        self._limiter = limiter
        self._settings = context.settings
        self._clock = context.clock

    # ── registering ───────────────────────────────────────────────────────────────────────────────────────────────

    async def register(
        self,
        email: str,
        password: str,
        name: str,
        language: Language,
        *,
        guest: Caller | None,
        browser: bytes | None,
    ) -> Request:
        """Asks for an account, which ``guest`` becomes. Raises PasswordLength, PasswordCommon, PasswordPersonal."""
        check_acceptable(password, _known_of(email, name))
        await self._limiter.hit("mail", key_of(email))
        password_hash = await self._passwords.hash(password)
        async with self._transaction() as repository:
            known = await repository.person_by_email(email)
            guest_id = await self._guest_id(repository, guest)
            data = {
                "email": email,
                "email_key": key_of(email),
                "password_hash": password_hash,
                "name": name,
                "language": language,
            }
            request = await self._requests.add(
                repository,
                RequestKind.REGISTER,
                person_id=guest_id,
                data={"known": True} if known else data,
                browser=browser,
                lifetime=self._settings.link_ttl,
            )
            if known:
                await self._mails.already_registered(repository, known)
            else:
                await self._mails.confirm_address(repository, request, email, name, language)
        return request

    async def ask_again(self, email: str, browser: bytes) -> Request:
        """As if the newest registration of ``email`` that waits were made once more, for as long as it would have
        lasted; where none waits, a request that nothing can confirm. Raises TooMany.

        Only registrations of the same ``browser`` count: another one may have registered somebody else's address with
        a password of its own, which the address's owner would confirm then.
        """
        await self._limiter.hit("mail", key_of(email))
        now = self._clock()
        async with self._transaction() as repository:
            waiting = await repository.newest_registration(key_of(email), browser, now)
            data = waiting.data if waiting else {}
            request = await self._requests.add(
                repository,
                RequestKind.REGISTER,
                person_id=waiting.person_id if waiting else None,
                data=data,
                browser=browser,
                lifetime=waiting.expires_at - now if waiting else self._settings.link_ttl,
                replaces=False,
            )
            if waiting:
                await self._mails.confirm_address(repository, request, email, data["name"], data["language"])
        return request

    async def resend(self, request_id: UUID) -> None:
        """Sends the mail of a registration once more; nothing for one that is not there, or too old for its code.
        Raises TooMany."""
        await self._limiter.hit("mail", str(request_id))
        async with self._transaction() as repository:
            request = await repository.lock_request(request_id)
            in_time = request and self._clock() - request.created_at <= self._settings.code_ttl
            if request and in_time and request.kind == RequestKind.REGISTER and "email" in request.data:
                data = request.data
                await self._mails.confirm_address(repository, request, data["email"], data["name"], data["language"])

    async def _guest_id(self, repository: AuthRepository, caller: Caller | None) -> UUID | None:
        """The guest that ``caller`` is; None for an account, which stays what it is."""
        person_id = person_id_of(caller.id) if caller else None
        person = await repository.person_by_id(person_id) if person_id else None
        return person.id if person and not person.gone and person.kind == Kind.GUEST else None

    async def confirm(
        self, given: Confirmation, password: str | None, device: Device, caller: Caller | None
    ) -> Tokens | None:
        """Makes the account. Tokens for the browser that asked; None where the link was opened in another one, in which
        the password has shown that the same person is there.

        Raises RequestInvalid, ConfirmElsewhere, SignInFailed for another password, EmailTaken.
        """
        await self._check_elsewhere(RequestKind.REGISTER, given, password)
        async with self._transaction() as repository:
            request = await self._requests.lock(repository, RequestKind.REGISTER, given)
            if request is not None and "email" in request.data:
                return await self._make_account(repository, request, given, device, caller)
        raise RequestInvalid

    async def _check_elsewhere(self, kind: RequestKind, given: Confirmation, password: str | None) -> None:
        """A link that is opened in another browser needs the password, too. Hashes outside of a transaction."""
        async with self._transaction() as repository:
            request = await self._requests.lock(repository, kind, given) if given.token else None
        if request is None or self._requests.is_same_browser(request, given):
            return
        if password is None:
            raise ConfirmElsewhere
        if not await self._passwords.matches(password, request.data.get("password_hash")):
            raise SignInFailed

    async def _make_account(
        self,
        repository: AuthRepository,
        request: Request,
        given: Confirmation,
        device: Device,
        caller: Caller | None,
    ) -> Tokens | None:
        data = request.data
        if await repository.person_by_email(data["email"]):
            raise EmailTaken
        person = await repository.lock_person(request.person_id) if request.person_id else None
        if person is not None and person.kind != Kind.GUEST:
            raise RequestInvalid  # an account meanwhile: nothing is added to it without its own factors
        if person is None or person.gone:
            person = new_person(data["name"], data["language"], self._clock)
            await repository.add_person(person)
        now = self._clock()
        await repository.set_email(person.id, data["email"])
        await repository.set_password(person.id, data["password_hash"])
        await repository.make_account(person.id, now)
        await repository.rename(person.id, data["name"])
        await repository.remove_request(request.id)
        await repository.log_event("registered", person.id, device, now)
        account = replace(
            person,
            name=data["name"],
            email=data["email"],
            password_hash=data["password_hash"],
            account_since=person.account_since or now,
        )
        if not self._requests.is_same_browser(request, given):
            return None
        await self._sign_ins.leave(repository, caller, account)
        return await self._sessions.begin(repository, account, [Factor.PASSWORD], device)

    # ── signing in ────────────────────────────────────────────────────────────────────────────────────────────────

    async def sign_in(
        self, email: str, password: str, device: Device, caller: Caller | None, browser: bytes | None = None
    ) -> Tokens | MfaNeeded:
        """``caller``: who was here until now; a guest's things come along. An account about to be erased is kept.

        Raises SignInFailed, as late for an address without an account; AccountDisabled to who knows the password;
        TooMany for one that is tried too often.
        """
        async with self._tries.one(key_of(email), "password"):
            return await self._sign_in(email, password, device, caller, browser)

    async def _sign_in(
        self, email: str, password: str, device: Device, caller: Caller | None, browser: bytes | None
    ) -> Tokens | MfaNeeded:
        async with self._transaction() as repository:
            person = await repository.person_by_email(email)
        kept = person.password_hash if person else None
        matches = await self._passwords.matches(password, kept)
        async with self._sign_ins.attempt(device) as repository:
            # Without an account it is nobody that is looked for, so that both cost the same statements.
            person = await repository.lock_person(person.id if person else new_id())
            if person is not None and matches and person.password_hash == kept:
                return await self._sign_ins.begin(repository, person, [Factor.PASSWORD], device, caller, browser)
            await repository.log_event("sign_in_failed", person.id if person else None, device, self._clock())
        raise SignInFailed

    async def _person(self, caller: Caller) -> Person:
        async with self._transaction() as repository:
            return (await self._sessions.lock(repository, caller)).person

    # ── passwords ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def forgot_password(self, email: str, browser: bytes | None) -> Request:
        """Asks for a new password. For an unknown address a request that nothing can confirm. Raises TooMany."""
        await self._limiter.hit("mail", key_of(email))
        async with self._transaction() as repository:
            person = await repository.person_by_email(email)
            known = person is not None and not person.gone
            request = await self._requests.add(
                repository,
                RequestKind.RESET_PASSWORD,
                person_id=person.id if person and known else None,
                data={},
                browser=browser,
                lifetime=self._settings.reset_ttl,
            )
            if person and known:
                await self._mails.reset_password(repository, request, person)
        return request

    async def reset_password(self, given: Confirmation, password: str, device: Device) -> None:
        """Sets a new password and ends all sessions; signs nobody in. Raises RequestInvalid, and the errors of
        ``check_acceptable``."""
        check_acceptable(password)
        password_hash = await self._passwords.hash(password)
        async with self._transaction() as repository:
            request = await self._requests.lock(repository, RequestKind.RESET_PASSWORD, given)
            person = await repository.lock_person(request.person_id) if request and request.person_id else None
            if request is not None and person is not None:
                check_acceptable(password, _known_of(person.email or "", person.name))
                await repository.remove_request(request.id)
                await self._set_password(repository, person, password_hash, device)
                await self._sessions.end_all_within(repository, person.id)
                return
        raise RequestInvalid

    async def change_password(self, caller: Caller, current: str, password: str, *, end_others: bool) -> Tokens:
        """A new session, too; the person's others end with ``end_others``. Raises SignInFailed for another current
        password, ReauthenticationNeeded for who has a second factor and has not shown it lately, and the errors of
        ``check_acceptable``."""
        person = await self._person(caller)
        check_acceptable(password, _known_of(person.email or "", person.name))
        async with self._tries.one(caller.id, "own password"):
            if not await self._passwords.matches(current, person.password_hash):
                raise SignInFailed
        password_hash = await self._passwords.hash(password)
        async with self._transaction() as repository:
            session = await self._sessions.lock(repository, caller)
            if await self._sign_ins.has_second_factor(repository, session.person):
                session = await self._sessions.lock_fresh(repository, caller)
            await self._set_password(repository, session.person, password_hash, session.device)
            if end_others:
                await self._sessions.end_all_within(repository, person.id, kept=session.id)
            return await self._sessions.begin_again(repository, session, session.person, session.factors)

    async def _set_password(
        self, repository: AuthRepository, person: Person, password_hash: str, device: Device
    ) -> None:
        await repository.set_password(person.id, password_hash)
        await repository.remove_requests_of(person.id, RequestKind.RESET_PASSWORD)
        await repository.log_event("password_changed", person.id, device, self._clock())
        await self._mails.tell(repository, person, "password_changed")

    # ── addresses ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def change_email(self, caller: Caller, email: str, browser: bytes | None) -> Request:
        """Asks for another address. Raises ReauthenticationNeeded, TooMany."""
        await self._limiter.hit("mail", key_of(email))
        async with self._transaction() as repository:
            session = await self._fresh_account(repository, caller)
            known = await repository.person_by_email(email)
            request = await self._requests.add(
                repository,
                RequestKind.CHANGE_EMAIL,
                person_id=session.person.id,
                data={} if known else {"email": email, "password_hash": session.person.password_hash},
                browser=browser,
                lifetime=self._settings.link_ttl,
            )
            if known:
                await self._mails.already_registered(repository, known)
            else:
                await self._mails.confirm_new_address(repository, request, session.person, email)
        return request

    async def confirm_email(self, given: Confirmation, password: str | None, device: Device) -> None:
        """The new address takes the place of the old one, which is told, and can be put back for a week.

        Raises RequestInvalid, ConfirmElsewhere, SignInFailed, EmailTaken.
        """
        await self._check_elsewhere(RequestKind.CHANGE_EMAIL, given, password)
        async with self._transaction() as repository:
            request = await self._requests.lock(repository, RequestKind.CHANGE_EMAIL, given)
            person = await repository.lock_person(request.person_id) if request and request.person_id else None
            if request is not None and person is not None and "email" in request.data:
                await repository.remove_request(request.id)
                await self._move(repository, person, request.data["email"], device)
                return
        raise RequestInvalid

    async def _move(self, repository: AuthRepository, person: Person, email: str, device: Device) -> None:
        if await repository.person_by_email(email):
            raise EmailTaken
        undo = await self._requests.add(
            repository,
            RequestKind.UNDO_EMAIL,
            person_id=person.id,
            data={"email": person.email},
            browser=None,
            lifetime=self._settings.undo_ttl,
        )
        await self._mails.address_changed(repository, undo, person, masked(email))
        await repository.set_email(person.id, email)
        await repository.log_event("email_changed", person.id, device, self._clock())

    async def undo_email(self, given: Confirmation, device: Device) -> None:
        """Puts the old address back, and ends all sessions: whoever changed it may not have been its owner.

        Raises RequestInvalid, EmailTaken.
        """
        async with self._transaction() as repository:
            request = await self._requests.lock(repository, RequestKind.UNDO_EMAIL, given)
            person = await repository.lock_person(request.person_id) if request and request.person_id else None
            if request is not None and person is not None:
                taken = await repository.person_by_email(request.data["email"])
                if taken and taken.id != person.id:
                    raise EmailTaken
                await repository.remove_request(request.id)
                await repository.set_email(person.id, request.data["email"])
                await self._sessions.end_all_within(repository, person.id)
                await repository.log_event("email_put_back", person.id, device, self._clock())
                return
        raise RequestInvalid

    async def _fresh_account(self, repository: AuthRepository, caller: Caller) -> Session:
        session = await self._sessions.lock_fresh(repository, caller)
        if session.person.kind != Kind.ACCOUNT:
            raise AccountNeeded
        return session


def _known_of(email: str, name: str) -> list[str]:
    """What others know of a person, and would try first."""
    local, _, domain = key_of(email).rpartition("@")
    return [local, domain.partition(".")[0], name]
