"""Auth on a real PostgreSQL, with a clock of its own, and the mails that it sends."""

import email
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import pytest

from bunri.app.settings import Settings
from bunri.domains.auth.passwords import Passwords
from bunri.domains.auth.public import Caller
from bunri.domains.auth.relying_party import relying_party
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.revocation import EndedSessions
from bunri.domains.auth.schemas import MfaNeeded, Tokens
from bunri.domains.auth.secret_cipher import SecretCipher
from bunri.domains.auth.service.accounts import Accounts
from bunri.domains.auth.service.administration import Administration
from bunri.domains.auth.service.challenges import Challenges
from bunri.domains.auth.service.factors import Factors
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.mails import Mails
from bunri.domains.auth.service.merging import Merging
from bunri.domains.auth.service.passkeys import Passkeys
from bunri.domains.auth.service.reauthentication import Reauthentication
from bunri.domains.auth.service.requests import Requests
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.domains.auth.service.totp_apps import TotpApps
from bunri.domains.auth.service.tries import Tries
from bunri.domains.auth.service.upkeep import Upkeep
from bunri.domains.auth.settings import AuthSettings
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.tokens import Verifier
from bunri.platform.cache import Cache
from bunri.platform.db import Database, Transaction
from bunri.platform.limits import LimitsSettings
from bunri.platform.limits.memory import MemoryRateLimiter
from bunri.platform.mail.addresses import Sender
from bunri.platform.mail.delivery import MailDelivery
from bunri.platform.mail.folder import MailFolder

SEED = "a seed for tests only, and long enough"
SETTINGS = AuthSettings(alike_s=0)


class Clockwork:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


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
    made = Passwords()
    yield made
    made.close()


@pytest.fixture
def requests(clock: Clockwork) -> Requests:
    return Requests(SEED, SETTINGS, clock)


@pytest.fixture
def mails() -> Mails:
    return Mails(SEED, "https://bunri.example")


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
def sign_ins(
    transaction: Transaction[AuthRepository],
    sessions: Sessions,
    requests: Requests,
    factors: Factors,
    mails: Mails,
    tries: Tries,
    clock: Clockwork,
) -> SignIns:
    return SignIns(transaction, sessions, requests, factors, mails, Merging(sessions), tries, SETTINGS, clock)


@pytest.fixture
def totp_apps(
    transaction: Transaction[AuthRepository],
    sessions: Sessions,
    factors: Factors,
    cipher: SecretCipher,
    mails: Mails,
    limiter: MemoryRateLimiter,
    clock: Clockwork,
) -> TotpApps:
    return TotpApps(transaction, sessions, factors, cipher, mails, limiter, clock)


@pytest.fixture
def passkeys(
    transaction: Transaction[AuthRepository],
    sessions: Sessions,
    challenges: Challenges,
    factors: Factors,
    sign_ins: SignIns,
    mails: Mails,
    clock: Clockwork,
) -> Passkeys:
    return Passkeys(transaction, sessions, challenges, factors, sign_ins, mails, clock)


@pytest.fixture
def accounts(
    transaction: Transaction[AuthRepository],
    sessions: Sessions,
    requests: Requests,
    mails: Mails,
    sign_ins: SignIns,
    passwords: Passwords,
    tries: Tries,
    limiter: MemoryRateLimiter,
    clock: Clockwork,
) -> Accounts:
    return Accounts(transaction, sessions, requests, mails, sign_ins, passwords, tries, limiter, SETTINGS, clock)


@pytest.fixture
def administration(
    transaction: Transaction[AuthRepository], sessions: Sessions, mails: Mails, clock: Clockwork
) -> Administration:
    return Administration(transaction, sessions, mails, clock)


@pytest.fixture
def reauthentication(
    transaction: Transaction[AuthRepository],
    sessions: Sessions,
    sign_ins: SignIns,
    challenges: Challenges,
    passwords: Passwords,
    tries: Tries,
    clock: Clockwork,
) -> Reauthentication:
    return Reauthentication(transaction, sessions, sign_ins, challenges, passwords, tries, clock)


@pytest.fixture
def upkeep(transaction: Transaction[AuthRepository], sessions: Sessions, clock: Clockwork) -> Upkeep:
    return Upkeep(transaction, sessions, SETTINGS, clock)


@pytest.fixture
def verifier(ended: EndedSessions, clock: Clockwork) -> Verifier:
    return Verifier(SigningKeys(SEED), clock, ended.contains)


class Letter:
    """A mail that has arrived."""

    def __init__(self, message: EmailMessage) -> None:
        body = message.get_body(("plain",))
        self.to = str(message["To"])
        self.subject = str(message["Subject"])
        self.text = cast("EmailMessage", body).get_content().replace("\r\n", "\n") if body else ""

    @property
    def code(self) -> str:
        found = re.search(r"^\s+(\d{3} \d{3})$", self.text, re.MULTILINE)
        assert found, self.text
        return found[1]

    @property
    def token(self) -> str:
        """From the fragment of the link, which never reaches a server's log."""
        found = re.search(r"https://bunri\.example/account/[a-z-]+#(\S+)", self.text)
        assert found, self.text
        return found[1]


class Mailbox:
    """Whatever has been queued is sent, and read."""

    def __init__(self, delivery: MailDelivery, folder: MailFolder) -> None:
        self._delivery = delivery
        self._folder = folder
        self._read: set[str] = set()

    async def all(self) -> list[Letter]:
        """What has arrived since it was asked last, the oldest first."""
        await self._delivery.retry_due()
        names = [name for name in reversed(self._folder.names()) if name not in self._read]
        self._read.update(names)
        contents = [self._folder.read(name) or b"" for name in names]
        return [Letter(email.message_from_bytes(each, policy=default)) for each in contents]

    async def one(self, to: str) -> Letter:
        """The only mail that has arrived since, and it is for ``to``."""
        letters = await self.all()
        assert [each.to for each in letters] == [to]
        return letters[0]


@pytest.fixture
async def mailbox(transaction: Transaction[AuthRepository], tmp_path: Path) -> Mailbox:
    folder = MailFolder(tmp_path / "outbox", Sender("bunri", "bunri@bunri.example"), keep=1000)
    mails = Mails(SEED, "https://bunri.example")
    made = Mailbox(MailDelivery(transaction, folder, "bunri.domains.auth", mails.complete), folder)
    await made.all()  # those of other tests
    return made


def caller_of(verifier: Verifier, tokens: Tokens) -> Caller:
    return verifier.verify(tokens.access_token)


def signed_in(answer: Tokens | MfaNeeded) -> Tokens:
    """Where no second factor was asked for."""
    assert isinstance(answer, Tokens)
    return answer


def refresh_of(tokens: Tokens) -> str:
    assert tokens.refresh_token is not None
    return tokens.refresh_token
