"""Auth on a real PostgreSQL, with a clock of its own, and the mails that it sends."""

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from tests.domains.auth.people import HOME, SEED, SETTINGS, Browser, Mailbox, People, Person, Registering, address
from tests.support.authenticator import Authenticator
from tests.support.clockwork import Clockwork
from tests.support.oauth_server import Providers as Played
from tests.support.oauth_server import playing

from bunri.app.settings import Settings
from bunri.domains.auth.passwords import Passwords
from bunri.domains.auth.public import AuthPublic
from bunri.domains.auth.relying_party import relying_party
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.revocation import EndedSessions
from bunri.domains.auth.secret_cipher import SecretCipher
from bunri.domains.auth.service import upkeep as upkeep_module
from bunri.domains.auth.service.accounts import Accounts
from bunri.domains.auth.service.administration import Administration
from bunri.domains.auth.service.challenges import Challenges
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.service.factors import Factors
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.mails import Mails
from bunri.domains.auth.service.merging import Merging
from bunri.domains.auth.service.passkeys import Passkeys
from bunri.domains.auth.service.people import People as AuthPeople
from bunri.domains.auth.service.providers import Providers
from bunri.domains.auth.service.reauthentication import Reauthentication
from bunri.domains.auth.service.requests import Requests
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.domains.auth.service.totp_apps import TotpApps
from bunri.domains.auth.service.tries import Tries
from bunri.domains.auth.service.upkeep import Upkeep
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.tokens import Verifier
from bunri.kit.clock import now
from bunri.kit.ids import new_id
from bunri.platform.cache import Cache
from bunri.platform.db import Database, Transaction
from bunri.platform.limits import LimitsSettings
from bunri.platform.limits.memory import MemoryRateLimiter
from bunri.platform.mail.addresses import Sender
from bunri.platform.mail.delivery import MailDelivery
from bunri.platform.mail.folder import MailFolder
from bunri.platform.oauth.factory import open_providers
from bunri.platform.oauth.protocol import Provider, ProviderName


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
async def ended(settings: Settings, clock: Clockwork) -> AsyncIterator[EndedSessions]:
    cache = Cache(settings.cache_address("sessions"))
    yield EndedSessions(cache, SETTINGS.access_ttl, clock)
    await cache.close()


@pytest.fixture
def transaction(database: Database) -> Transaction[AuthRepository]:
    """With the domain's own rights."""
    return database.transactions("auth", AuthRepository)


@pytest.fixture
def sessions(transaction: Transaction[AuthRepository], ended: EndedSessions, clock: Clockwork) -> Sessions:
    return Sessions(transaction, SEED, ended, SETTINGS, clock)


@pytest.fixture
def guests(transaction: Transaction[AuthRepository], sessions: Sessions, clock: Clockwork) -> Guests:
    return Guests(transaction, sessions, Merging(sessions), clock)


@pytest.fixture(scope="session")
def passwords() -> Iterator[Passwords]:
    """With hashes that cost next to nothing; ``test_passwords.py`` has those of the product."""
    made = Passwords()
    made._hasher = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)
    yield made
    made.close()


@pytest.fixture
def requests(clock: Clockwork) -> Requests:
    return Requests(SEED, SETTINGS, clock)


@pytest.fixture
def mails() -> Mails:
    return Mails(SEED, "https://bunri.example")


@pytest.fixture
def context(
    transaction: Transaction[AuthRepository], sessions: Sessions, requests: Requests, mails: Mails, clock: Clockwork
) -> AuthContext:
    return AuthContext(transaction, sessions, requests, mails, SETTINGS, clock)


@pytest.fixture
def limiter(clock: Clockwork) -> MemoryRateLimiter:
    return MemoryRateLimiter(LimitsSettings(), clock=lambda: clock().timestamp())


@pytest.fixture
def tries(limiter: MemoryRateLimiter) -> Tries:
    return Tries(limiter)


@pytest.fixture
def cipher() -> SecretCipher:
    return SecretCipher("5e" * 32)


@pytest.fixture
def challenges(requests: Requests, clock: Clockwork) -> Challenges:
    return Challenges(relying_party(None, "https://bunri.example/", []), requests, SETTINGS, clock)


@pytest.fixture
def factors(cipher: SecretCipher, challenges: Challenges, mails: Mails, clock: Clockwork) -> Factors:
    return Factors(cipher, challenges, mails, clock)


@pytest.fixture
def sign_ins(context: AuthContext, factors: Factors, tries: Tries) -> SignIns:
    return SignIns(context, factors, Merging(context.sessions), tries)


@pytest.fixture
def totp_apps(context: AuthContext, factors: Factors, cipher: SecretCipher, limiter: MemoryRateLimiter) -> TotpApps:
    return TotpApps(context, factors, cipher, limiter)


@pytest.fixture
def passkeys(context: AuthContext, challenges: Challenges, factors: Factors, sign_ins: SignIns) -> Passkeys:
    return Passkeys(context, challenges, factors, sign_ins)


@pytest.fixture
def accounts(
    context: AuthContext, sign_ins: SignIns, passwords: Passwords, tries: Tries, limiter: MemoryRateLimiter
) -> Accounts:
    return Accounts(context, sign_ins, passwords, tries, limiter)


@pytest.fixture
def administration(context: AuthContext) -> Administration:
    return Administration(context)


@pytest.fixture
def reauthentication(
    context: AuthContext, sign_ins: SignIns, challenges: Challenges, passwords: Passwords, tries: Tries
) -> Reauthentication:
    return Reauthentication(context, sign_ins, challenges, passwords, tries)


@pytest.fixture
def upkeep(
    transaction: Transaction[AuthRepository], sessions: Sessions, clock: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> Upkeep:
    monkeypatch.setattr(upkeep_module, "BATCH", 10_000)  # guests of other tests on this database are gone for longer
    return Upkeep(transaction, sessions, SETTINGS, clock)


@pytest.fixture
def verifier(ended: EndedSessions, clock: Clockwork) -> Verifier:
    return Verifier(SigningKeys(SEED), clock, ended.contains)


@pytest.fixture
async def mailbox(transaction: Transaction[AuthRepository], tmp_path: Path) -> Mailbox:
    folder = MailFolder(tmp_path / "outbox", Sender("bunri", "bunri@bunri.example"), keep=1000)
    mails = Mails(SEED, "https://bunri.example")
    made = Mailbox(MailDelivery(transaction, folder, "bunri.domains.auth", mails.complete), folder)
    await made.all()  # those of other tests
    return made


@pytest.fixture
def registering(accounts: Accounts, mailbox: Mailbox) -> Registering:
    return Registering(accounts, mailbox)


@pytest.fixture
def public(context: AuthContext) -> AuthPublic:
    """What other domains may ask of auth."""
    return AuthPeople(context)


@pytest.fixture
def people(
    accounts: Accounts,
    totp_apps: TotpApps,
    registering: Registering,
    mailbox: Mailbox,
    verifier: Verifier,
    clock: Clockwork,
) -> People:
    return People(accounts, totp_apps, registering, mailbox, verifier, clock)


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(HOME)


@pytest.fixture
def person(passkeys: Passkeys, verifier: Verifier) -> Person:
    return Person(passkeys, verifier)


@pytest.fixture
async def played() -> AsyncIterator[Played]:
    async with playing() as made:
        for name in ("kakao", "naver", "google"):  # somebody whom no other test knows
            person = made.provider(name).person
            person["sub" if name == "google" else "id"] = new_id().int >> 66 if name == "kakao" else new_id().hex
        made.kakao.person["kakao_account"]["email"] = address()
        made.naver.person["email"] = made.google.person["email"] = address()
        yield made


@pytest.fixture
async def opened(played: Played) -> AsyncIterator[Mapping[ProviderName, Provider]]:
    made = open_providers(played.settings(kakao={"ask_email": True}), now)
    yield made
    for each in made.values():
        await each.aclose()


@pytest.fixture
def providers(
    context: AuthContext, opened: Mapping[ProviderName, Provider], sign_ins: SignIns, cipher: SecretCipher
) -> Providers:
    return Providers(context, opened, sign_ins, cipher, SEED, HOME)


@pytest.fixture
def browser(providers: Providers) -> Browser:
    return Browser(providers)
