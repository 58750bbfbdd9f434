"""Who is calling: guests and their sessions."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from bunri.app.module import Module, Schedule, Subscription
from bunri.domains.auth.public import AccessVerifier, AuthPublic, SessionEnded, SessionEndings
from bunri.kit.user_data import UserData

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy import Table

    from bunri.app.container import Container
    from bunri.domains.auth.passwords import Passwords
    from bunri.domains.auth.repository import AuthRepository
    from bunri.domains.auth.revocation import EndedSessions
    from bunri.domains.auth.secret_cipher import SecretCipher
    from bunri.domains.auth.service.accounts import Accounts
    from bunri.domains.auth.service.administration import Administration
    from bunri.domains.auth.service.alike import AnsweredAlike
    from bunri.domains.auth.service.challenges import Challenges
    from bunri.domains.auth.service.context import AuthContext
    from bunri.domains.auth.service.factors import Factors
    from bunri.domains.auth.service.guests import Guests
    from bunri.domains.auth.service.identities import Identities
    from bunri.domains.auth.service.mails import Mails
    from bunri.domains.auth.service.merging import Merging
    from bunri.domains.auth.service.passkeys import Passkeys
    from bunri.domains.auth.service.people import People
    from bunri.domains.auth.service.providers import Providers
    from bunri.domains.auth.service.reauthentication import Reauthentication
    from bunri.domains.auth.service.requests import Requests
    from bunri.domains.auth.service.sessions import Sessions
    from bunri.domains.auth.service.sign_ins import SignIns
    from bunri.domains.auth.service.totp_apps import TotpApps
    from bunri.domains.auth.service.tries import Tries
    from bunri.domains.auth.service.unlinking import Unlinkings
    from bunri.domains.auth.service.upkeep import Upkeep
    from bunri.domains.auth.user_data import AuthUserData
    from bunri.platform.db import Transaction
    from bunri.platform.mail.delivery import MailDelivery
    from bunri.platform.oauth.factory import OpenedProviders
    from bunri.platform.queue import Handler


def _transaction(container: "Container") -> "Transaction[AuthRepository]":
    from bunri.domains.auth.repository import AuthRepository

    return container.transactions("auth", AuthRepository)


def _seed(container: "Container") -> str:
    return container.settings.key("access tokens")


def _ended_sessions(container: "Container") -> "EndedSessions":
    from bunri.domains.auth.revocation import EndedSessions

    return EndedSessions(container.cache("sessions"), container.settings.auth.access_ttl, container.clock)


def _session_endings(container: "Container") -> SessionEndings:
    from bunri.domains.auth.revocation import EndedSessions

    return container.get(EndedSessions)


def _verifier(container: "Container") -> AccessVerifier:
    """Needs the key and the set of ended sessions only, so that every target can do it alone."""
    from bunri.domains.auth.revocation import EndedSessions
    from bunri.domains.auth.signing_keys import SigningKeys
    from bunri.domains.auth.tokens import Verifier

    keys = SigningKeys(_seed(container))
    return Verifier(keys, container.clock, container.get(EndedSessions).contains)


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.auth.endpoints import factors, identities, jwks, oauth, passkeys, router

    return [router.router, router.of_old, factors.router, passkeys.router, oauth.router, identities.router, jwks.router]


def _handlers(_: "Container", queue: str) -> "Sequence[Handler]":
    from bunri.domains.auth.tasks import HANDLERS

    return HANDLERS if queue == "default" else ()


def _mail(container: "Container") -> "MailDelivery":
    from bunri.domains.auth.service.mails import Mails
    from bunri.platform.mail import Mailer
    from bunri.platform.mail.delivery import MailDelivery

    complete = container.get(Mails).complete
    return MailDelivery(_transaction(container), container.get(Mailer), "bunri.domains.auth", complete)


def _outbox() -> "Table":
    from bunri.domains.auth.models import outbox

    return outbox


def _api_tasks(container: "Container") -> Sequence[Callable[[], Awaitable[None]]]:
    from bunri.domains.auth.revocation import EndedSessions

    return [container.get(EndedSessions).follow]


def _user_data(container: "Container") -> UserData:
    from bunri.domains.auth.user_data import AuthUserData

    return container.get(AuthUserData)


# ── services ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sessions(container: "Container") -> "Sessions":
    from bunri.domains.auth.revocation import EndedSessions
    from bunri.domains.auth.service.sessions import Sessions

    settings = container.settings.auth
    return Sessions(_transaction(container), _seed(container), container.get(EndedSessions), settings, container.clock)


def _context(container: "Container") -> "AuthContext":
    """What the use cases have in common."""
    from bunri.domains.auth.service.context import AuthContext
    from bunri.domains.auth.service.mails import Mails
    from bunri.domains.auth.service.requests import Requests
    from bunri.domains.auth.service.sessions import Sessions

    get, settings = container.get, container.settings.auth
    return AuthContext(_transaction(container), get(Sessions), get(Requests), get(Mails), settings, container.clock)


def _people(container: "Container") -> "People":
    from bunri.domains.auth.service.people import People

    return People(_context(container))


def _public(container: "Container") -> AuthPublic:
    from bunri.domains.auth.service.people import People

    return container.get(People)


def _merging(container: "Container") -> "Merging":
    from bunri.domains.auth.service.merging import Merging
    from bunri.domains.auth.service.sessions import Sessions

    return Merging(container.get(Sessions))


def _guests(container: "Container") -> "Guests":
    from bunri.domains.auth.service.guests import Guests
    from bunri.domains.auth.service.merging import Merging
    from bunri.domains.auth.service.sessions import Sessions

    return Guests(_transaction(container), container.get(Sessions), container.get(Merging), container.clock)


def _requests(container: "Container") -> "Requests":
    from bunri.domains.auth.service.requests import Requests

    return Requests(_seed(container), container.settings.auth, container.clock)


def _mails(container: "Container") -> "Mails":
    from bunri.domains.auth.service.mails import Mails

    public_url = container.settings.public_url
    return Mails(_seed(container), str(public_url) if public_url else None)


def _passwords(container: "Container") -> "Passwords":
    from bunri.domains.auth.passwords import Passwords

    passwords = Passwords(container.settings.auth.hashes_at_once)
    container.closing.callback(passwords.close)
    return passwords


def _answered_alike(container: "Container") -> "AnsweredAlike":
    from bunri.domains.auth.service.alike import AnsweredAlike

    return AnsweredAlike(container.settings.auth)


def _sign_ins(container: "Container") -> "SignIns":
    from bunri.domains.auth.service.factors import Factors
    from bunri.domains.auth.service.merging import Merging
    from bunri.domains.auth.service.sign_ins import SignIns
    from bunri.domains.auth.service.tries import Tries

    get = container.get
    return SignIns(_context(container), get(Factors), get(Merging), get(Tries))


def _accounts(container: "Container") -> "Accounts":
    from bunri.domains.auth.passwords import Passwords
    from bunri.domains.auth.service.accounts import Accounts
    from bunri.domains.auth.service.sign_ins import SignIns
    from bunri.domains.auth.service.tries import Tries
    from bunri.platform.limits import RateLimiter

    get = container.get
    return Accounts(_context(container), get(SignIns), get(Passwords), get(Tries), get(RateLimiter))


def _reauthentication(container: "Container") -> "Reauthentication":
    from bunri.domains.auth.passwords import Passwords
    from bunri.domains.auth.service.challenges import Challenges
    from bunri.domains.auth.service.reauthentication import Reauthentication
    from bunri.domains.auth.service.sign_ins import SignIns
    from bunri.domains.auth.service.tries import Tries

    get = container.get
    return Reauthentication(_context(container), get(SignIns), get(Challenges), get(Passwords), get(Tries))


def _tries(container: "Container") -> "Tries":
    from bunri.domains.auth.service.tries import Tries
    from bunri.platform.limits import RateLimiter

    return Tries(container.get(RateLimiter))


# ── accounts elsewhere ────────────────────────────────────────────────────────────────────────────────────────────────


def _opened_providers(container: "Container") -> "OpenedProviders":
    """Without an address of ours nobody could be sent back, so then there are none."""
    from bunri.platform.oauth.factory import OpenedProviders, open_providers

    opened = open_providers(container.settings.oauth, container.clock) if container.settings.public_url else {}
    for provider in opened.values():
        container.closing.push_async_callback(provider.aclose)
    return OpenedProviders(opened)


def _providers(container: "Container") -> "Providers":
    from bunri.domains.auth.secret_cipher import SecretCipher
    from bunri.domains.auth.service.providers import Providers
    from bunri.domains.auth.service.sign_ins import SignIns
    from bunri.platform.oauth.factory import OpenedProviders

    get, public_url = container.get, container.settings.public_url
    return Providers(
        _context(container),
        get(OpenedProviders).by_name,
        get(SignIns),
        get(SecretCipher),
        _seed(container),
        str(public_url or ""),
    )


def _identities(container: "Container") -> "Identities":
    from bunri.domains.auth.service.identities import Identities

    return Identities(_context(container))


def _unlinkings(container: "Container") -> "Unlinkings":
    """The providers are opened by who ends a connection, not by every worker at its start."""
    from bunri.domains.auth.secret_cipher import SecretCipher
    from bunri.domains.auth.service.unlinking import Unlinkings
    from bunri.platform.oauth.factory import OpenedProviders

    get = container.get
    return Unlinkings(_transaction(container), lambda: get(OpenedProviders).by_name, get(SecretCipher), container.clock)


# ── what people show beside their password ────────────────────────────────────────────────────────────────────────────


def _secret_cipher(container: "Container") -> "SecretCipher":
    from bunri.domains.auth.secret_cipher import SecretCipher

    return SecretCipher(container.settings.key("totp secrets"))


def _factors(container: "Container") -> "Factors":
    from bunri.domains.auth.secret_cipher import SecretCipher
    from bunri.domains.auth.service.challenges import Challenges
    from bunri.domains.auth.service.factors import Factors
    from bunri.domains.auth.service.mails import Mails

    get = container.get
    return Factors(get(SecretCipher), get(Challenges), get(Mails), container.clock)


def _challenges(container: "Container") -> "Challenges":
    from bunri.domains.auth.relying_party import relying_party
    from bunri.domains.auth.service.challenges import Challenges
    from bunri.domains.auth.service.requests import Requests

    settings, public_url = container.settings.auth, container.settings.public_url
    party = relying_party(settings.rp_id, str(public_url) if public_url else None, settings.passkey_origins)
    return Challenges(party, container.get(Requests), settings, container.clock)


def _passkeys(container: "Container") -> "Passkeys":
    from bunri.domains.auth.service.challenges import Challenges
    from bunri.domains.auth.service.factors import Factors
    from bunri.domains.auth.service.passkeys import Passkeys
    from bunri.domains.auth.service.sign_ins import SignIns

    get = container.get
    return Passkeys(_context(container), get(Challenges), get(Factors), get(SignIns))


def _totp_apps(container: "Container") -> "TotpApps":
    from bunri.domains.auth.secret_cipher import SecretCipher
    from bunri.domains.auth.service.factors import Factors
    from bunri.domains.auth.service.totp_apps import TotpApps
    from bunri.platform.limits import RateLimiter

    get = container.get
    return TotpApps(_context(container), get(Factors), get(SecretCipher), get(RateLimiter))


# ── what happens without anybody asking, and what operators do ────────────────────────────────────────────────────────


def _upkeep(container: "Container") -> "Upkeep":
    from bunri.domains.auth.service.sessions import Sessions
    from bunri.domains.auth.service.upkeep import Upkeep

    return Upkeep(_transaction(container), container.get(Sessions), container.settings.auth, container.clock)


def _administration(container: "Container") -> "Administration":
    from bunri.domains.auth.service.administration import Administration

    return Administration(_context(container))


def _kept(container: "Container") -> "AuthUserData":
    """All that is kept of a person."""
    from bunri.domains.auth.service.upkeep import Upkeep
    from bunri.domains.auth.user_data import AuthUserData

    return AuthUserData(container.get(Upkeep))


def _provide(container: "Container") -> None:
    container.provide("bunri.platform.oauth.factory.OpenedProviders", lambda: _opened_providers(container))


MODULE = Module(
    name="auth",
    package="bunri.domains.auth",
    target="auth",
    provide=_provide,
    services={
        "public.AccessVerifier": _verifier,
        "public.AuthPublic": _public,
        "public.SessionEndings": _session_endings,
        "passwords.Passwords": _passwords,
        "revocation.EndedSessions": _ended_sessions,
        "secret_cipher.SecretCipher": _secret_cipher,
        "service.accounts.Accounts": _accounts,
        "service.administration.Administration": _administration,
        "service.alike.AnsweredAlike": _answered_alike,
        "service.challenges.Challenges": _challenges,
        "service.factors.Factors": _factors,
        "service.guests.Guests": _guests,
        "service.identities.Identities": _identities,
        "service.mails.Mails": _mails,
        "service.merging.Merging": _merging,
        "service.passkeys.Passkeys": _passkeys,
        "service.people.People": _people,
        "service.providers.Providers": _providers,
        "service.reauthentication.Reauthentication": _reauthentication,
        "service.requests.Requests": _requests,
        "service.sessions.Sessions": _sessions,
        "service.sign_ins.SignIns": _sign_ins,
        "service.totp_apps.TotpApps": _totp_apps,
        "service.tries.Tries": _tries,
        "service.unlinking.Unlinkings": _unlinkings,
        "service.upkeep.Upkeep": _upkeep,
        "user_data.AuthUserData": _kept,
    },
    schema="auth",
    outbox=_outbox,
    public=AuthPublic,
    prefixes=("/api/v1/auth", "/api/auth", "/.well-known/jwks.json"),
    routers=_routers,
    task_handlers=_handlers,
    subscriptions=(Subscription(SessionEnded, "auth.spread_ended_session", "default"),),
    schedule=(Schedule("auth.forget", "default", 600), Schedule("auth.unlink", "default", 60)),
    mail=_mail,
    api_tasks=_api_tasks,
    user_data=_user_data,
)
