"""Signing in through an account elsewhere: Kakao, Naver, Google.

Who somebody is, is the provider and its id for them, never an address that it has not verified. What comes back is
finished by our page, by a POST from the browser that began: a link that is opened signs nobody in.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, NamedTuple

from bunri.domains.auth import confirmations
from bunri.domains.auth.errors import AttemptInvalid, IdentityEmailKnown, IdentityTaken, ProviderMissing
from bunri.domains.auth.public import Caller, Kind
from bunri.domains.auth.records import Device, Factor, Person, RequestKind
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.schemas import MfaNeeded, Tokens
from bunri.domains.auth.secret_cipher import SecretCipher
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.service.guests import new_person
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.domains.auth.service.unlinking import keep_token
from bunri.domains.auth.subjects import person_id_of
from bunri.kit.languages import Language
from bunri.platform.oauth.protocol import Attempt, Identity, Provider, ProviderName, new_secret

LIFETIME: Final = timedelta(minutes=10)


class Finished(NamedTuple):
    """Who came back, and the page of ours that they left for it."""

    answer: Tokens | MfaNeeded
    next: str


class Providers:
    """``redirect_base``: where providers send people back to; from settings, never from a request."""

    def __init__(
        self,
        context: AuthContext,
        providers: Mapping[ProviderName, Provider],
        sign_ins: SignIns,
        cipher: SecretCipher,
        seed: str,
        redirect_base: str,
    ) -> None:
        self._transaction = context.transaction
        self._providers = providers
        self._sessions = context.sessions
        self._requests = context.requests
        self._sign_ins = sign_ins
        self._mails = context.mails
        self._cipher = cipher
        self._seed = seed
        self._redirect_base = redirect_base.rstrip("/")
        self._clock = context.clock

    @property
    def names(self) -> list[str]:
        """Those that people may sign in with, in the order in which they are shown."""
        return list(self._providers)

    async def begin(self, name: str, next_page: str, browser: bytes, *, again: bool = False) -> str:
        """Where the browser, which has the cookie ``browser``, goes to sign in. ``next_page``: where it comes back to,
        a path of ours. ``again``: who is here shows anew who they are. Raises ProviderMissing."""
        provider = self._provider(name)
        secrets = {"nonce": new_secret(), "code_verifier": new_secret()}
        async with self._transaction() as repository:
            request = await self._requests.add(
                repository,
                RequestKind.OAUTH,
                person_id=None,
                data={"provider": name, "next": local_path(next_page), **secrets},
                browser=browser,
                lifetime=LIFETIME,
            )
        attempt = self._attempt(name, confirmations.link_token(self._seed, request.id), secrets)
        return provider.authorize_url(attempt, again=again)

    async def finish(
        self,
        name: str,
        callback: Mapping[str, str],
        browser: bytes | None,
        device: Device,
        caller: Caller | None,
        language: Language,
    ) -> Finished:
        """Signs in who came back, or asks for their second factor. ``caller``: who was here until now. A guest becomes
        an account, or brings along what it has; an account has one more way to sign in, or has shown anew who it is.

        Raises ProviderMissing, AttemptInvalid for a state that is made up, used, or of another browser;
        IdentityEmailKnown, IdentityTaken, AccountDisabled; and what ``Provider.finish`` raises. Then everything stays
        as it was.
        """
        provider = self._provider(name)
        attempt, next_page = await self._end_attempt(name, callback.get("state", ""), browser)
        identity = await provider.finish(callback, attempt)
        async with self._sign_ins.attempt(device) as repository:
            person = await self._person_of(repository, identity, device, caller, language)
            await keep_token(repository, self._cipher, person.id, identity)
            factors = [Factor(identity.provider)]
            answer = await self._sign_ins.begin(repository, person, factors, device, caller, browser)
            return Finished(answer, next_page)

    async def _end_attempt(self, name: str, state: str, browser: bytes | None) -> tuple[Attempt, str]:
        """The attempt that ``state`` belongs to, which is over with this: it is finished once or never."""
        request_id = confirmations.request_of(self._seed, state)
        async with self._transaction() as repository:
            request = await repository.lock_request(request_id) if request_id else None
            if request is not None:
                await repository.remove_request(request.id)
        good = request is not None and request.kind == RequestKind.OAUTH and request.data["provider"] == name
        if request is None or not good or request.expires_at <= self._clock() or request.browser != browser:
            raise AttemptInvalid
        return self._attempt(name, state, request.data), request.data["next"]

    def _attempt(self, name: str, state: str, secrets: Mapping[str, str]) -> Attempt:
        redirect_uri = f"{self._redirect_base}/api/v1/auth/oauth/{name}/callback"
        return Attempt(state, secrets["nonce"], secrets["code_verifier"], redirect_uri)

    async def _person_of(
        self,
        repository: AuthRepository,
        identity: Identity,
        device: Device,
        caller: Caller | None,
        language: Language,
    ) -> Person:
        here = await self._here(repository, caller)
        known = await repository.person_by_identity(identity.provider, identity.subject)
        if known is not None:
            if here and here.kind == Kind.ACCOUNT and here.id != known.id:
                raise IdentityTaken
            return known
        if here and here.kind == Kind.ACCOUNT and caller:
            await self._sessions.lock_fresh(repository, caller)
            return await self._link(repository, here, identity, device)
        owner = await repository.person_by_email(identity.email) if identity.email else None
        if owner is None:
            return await self._link(
                repository, here or await self._new(repository, identity, language), identity, device
            )
        if not identity.email_verified or owner.gone:
            raise IdentityEmailKnown
        return await self._link(repository, owner, identity, device)

    async def _here(self, repository: AuthRepository, caller: Caller | None) -> Person | None:
        person_id = person_id_of(caller.id) if caller else None
        person = await repository.lock_person(person_id) if person_id else None
        return None if person is None or person.gone else person

    async def _new(self, repository: AuthRepository, identity: Identity, language: Language) -> Person:
        person = new_person((identity.name or identity.provider)[:40], language, self._clock)
        await repository.add_person(person)
        return person

    async def _link(self, repository: AuthRepository, person: Person, identity: Identity, device: Device) -> Person:
        """One more way to sign in. Its address counts where it is verified and the person has none."""
        now = self._clock()
        if not await repository.add_identity(person.id, identity.provider, identity.subject, now):
            raise IdentityTaken
        await repository.make_account(person.id, now)
        email = person.email
        if email is None and identity.email and identity.email_verified:
            email = identity.email
            await repository.set_email(person.id, email)
        await repository.log_event("identity_linked", person.id, device, now)
        linked = replace(person, email=email, account_since=person.account_since or now)
        await self._mails.tell(repository, linked, "identity_linked")
        return linked

    def _provider(self, name: str) -> Provider:
        for known, provider in self._providers.items():
            if known == name:
                return provider
        raise ProviderMissing


def local_path(next_page: str) -> str:
    """``next_page`` where it is a plain path of ours, else the front page: ``//evil.example``, ``/\\evil.example`` and
    their like are addresses elsewhere to a browser."""
    plain = next_page.startswith("/") and not next_page.startswith(("//", "/\\"))
    odd = any(ord(letter) <= 32 or letter in "\\%" for letter in next_page)
    return next_page if plain and not odd and len(next_page) <= 500 else "/"
