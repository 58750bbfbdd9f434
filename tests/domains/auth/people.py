"""People who sign in, their devices and browsers, and the mails that they get."""

import email
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from typing import cast
from urllib.parse import parse_qsl, urlsplit

import httpx
from sqlalchemy import select
from tests.support.authenticator import Authenticator
from tests.support.clockwork import Clockwork

from bunri.domains.auth import models, totp
from bunri.domains.auth.errors import RefreshInvalid
from bunri.domains.auth.public import Caller, GuestMerged, PersonErased
from bunri.domains.auth.records import Device, Factor, Request
from bunri.domains.auth.schemas import Mfa, MfaNeeded, Tokens
from bunri.domains.auth.service.accounts import Accounts
from bunri.domains.auth.service.challenges import PasskeyAnswer
from bunri.domains.auth.service.factors import Proof
from bunri.domains.auth.service.passkeys import Passkeys
from bunri.domains.auth.service.providers import Providers
from bunri.domains.auth.service.requests import Confirmation
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.totp_apps import TotpApps
from bunri.domains.auth.settings import AuthSettings
from bunri.domains.auth.tokens import Verifier
from bunri.kit.ids import new_id
from bunri.platform.db import Database
from bunri.platform.mail.delivery import MailDelivery
from bunri.platform.mail.folder import MailFolder

SEED = "a seed for tests only, and long enough"
SETTINGS = AuthSettings(alike_s=0)
HOME = "https://bunri.example"
HERE, ELSEWHERE = b"this browser", b"another one"
PHONE = Device("Firefox, Android", "203.0.113.0/24")
PASSWORD = "correct horse battery"


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


def caller_of(verifier: Verifier, tokens: Tokens) -> Caller:
    return verifier.verify(tokens.access_token)


def signed_in(answer: Tokens | MfaNeeded) -> Tokens:
    """Where no second factor was asked for."""
    assert isinstance(answer, Tokens)
    return answer


def refresh_of(tokens: Tokens) -> str:
    assert tokens.refresh_token is not None
    return tokens.refresh_token


def address() -> str:
    return f"Chorok.{new_id().hex}@example.org"


class Registering:
    """Somebody who makes an account."""

    def __init__(self, accounts: Accounts, mailbox: Mailbox) -> None:
        self._accounts = accounts
        self._mailbox = mailbox

    async def ask(self, email: str, *, guest: Caller | None = None, password: str = PASSWORD) -> Request:
        return await self._accounts.register(email, password, "초록이", "ko", guest=guest, browser=HERE)

    async def account(self, email: str, *, guest: Caller | None = None) -> Tokens:
        """As far as signed in."""
        request = await self.ask(email, guest=guest)
        letter = await self._mailbox.one(email)
        given = Confirmation(request_id=request.id, code=letter.code, browser=HERE)
        tokens = await self._accounts.confirm(given, None, PHONE, guest)
        assert tokens is not None
        return tokens


async def is_over(sessions: Sessions, tokens: Tokens) -> bool:
    try:
        await sessions.refresh(refresh_of(tokens))
    except RefreshInvalid:
        return True
    return False


@dataclass
class Enrolled:
    """Somebody with an authenticator app."""

    email: str
    secret: str
    tokens: Tokens


class People:
    """Accounts with an authenticator app, and their codes."""

    def __init__(
        self,
        accounts: Accounts,
        apps: TotpApps,
        registering: Registering,
        mailbox: Mailbox,
        verifier: Verifier,
        clock: Clockwork,
    ) -> None:
        self._accounts = accounts
        self._apps = apps
        self._registering = registering
        self._mailbox = mailbox
        self._verifier = verifier
        self._clock = clock

    async def enrol(self) -> Enrolled:
        """The mails about it have been read."""
        email = address()
        account = await self._registering.account(email)
        enrolled = Enrolled(email, "", account)
        await self.add_app(enrolled)
        await self._mailbox.all()
        return enrolled

    async def add_app(self, person: Enrolled, *, end_others: bool = False) -> None:
        caller = caller_of(self._verifier, person.tokens)
        person.secret = (await self._apps.add(caller)).secret
        person.tokens = await self._apps.confirm(caller, self.code(person).code, end_others=end_others)

    def code(self, person: Enrolled) -> Proof:
        """What the app shows now."""
        return Proof(Factor.TOTP, totp.code_at(person.secret, self._clock()))

    def next_code(self, person: Enrolled) -> Proof:
        """A step later, since no code works twice."""
        self._clock.now += totp.STEP
        return self.code(person)

    async def ask(self, person: Enrolled, *, caller: Caller | None = None) -> Mfa:
        """The password was right."""
        answer = await self._accounts.sign_in(person.email, PASSWORD, PHONE, caller, HERE)
        assert isinstance(answer, MfaNeeded)
        return answer.mfa


def wrong(person: Enrolled, clock: Clockwork) -> Proof:
    good = {totp.code_at(person.secret, clock() + offset * totp.STEP) for offset in (-1, 0, 1)}
    return Proof(Factor.TOTP, next(code for code in ("000000", "111111", "222222", "333333") if code not in good))


class Person:
    """Somebody with an authenticator."""

    def __init__(self, passkeys: Passkeys, verifier: Verifier) -> None:
        self._passkeys = passkeys
        self._verifier = verifier

    async def add(self, tokens: Tokens, device: Authenticator, *, end_others: bool = False) -> Tokens:
        caller = caller_of(self._verifier, tokens)
        asked = await self._passkeys.registration_options(caller, device.origin)
        answer = PasskeyAnswer(asked.request, device.create(asked.options))
        return await self._passkeys.add(caller, answer, "열쇠", end_others=end_others)

    async def answer(self, device: Authenticator) -> PasskeyAnswer:
        asked = await self._passkeys.authentication_options(None)
        return PasskeyAnswer(asked.request, device.get(asked.options))

    async def sign_in(self, device: Authenticator) -> Tokens:
        return await self.sign_in_with(await self.answer(device))

    async def sign_in_with(self, answer: PasskeyAnswer) -> Tokens:
        return await self._passkeys.sign_in(answer, PHONE, None)


@dataclass
class Browser:
    """Somebody who goes to a provider's page and comes back."""

    providers: Providers
    mark: bytes = HERE

    async def go(self, name: str, *, again: bool = False) -> dict[str, str]:
        """What the provider sends back."""
        url = await self.providers.begin(name, "/", self.mark, again=again)
        async with httpx.AsyncClient() as client:
            back = (await client.get(url)).headers["location"]
        assert back.startswith(f"https://bunri.example/api/v1/auth/oauth/{name}/callback?")
        return dict(parse_qsl(urlsplit(back).query))

    async def sign_in(self, name: str, caller: Caller | None = None, *, again: bool = False) -> Tokens:
        return await self.finish(name, await self.go(name, again=again), caller)

    async def finish(self, name: str, callback: dict[str, str], caller: Caller | None = None) -> Tokens:
        answer = (await self.providers.finish(name, callback, self.mark, PHONE, caller, "ko")).answer
        assert isinstance(answer, Tokens)
        return answer


async def events(database: Database, kind: type[GuestMerged] | type[PersonErased]) -> list[GuestMerged | PersonErased]:
    """What was told to the other domains."""
    outbox = models.outbox
    async with database.transaction("auth") as session:
        rows = (await session.execute(select(outbox.c.payload).where(outbox.c.topic == kind.topic))).scalars()
        return [kind.model_validate(row) for row in rows]
