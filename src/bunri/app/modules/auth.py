"""Who is calling: guests and their sessions."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from bunri.app.module import Module, Schedule, Subscription, UserData
from bunri.domains.auth.public import AccessVerifier, SessionEnded, SessionEndings

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy import Table

    from bunri.app.container import Container
    from bunri.domains.auth.passwords import Passwords
    from bunri.domains.auth.relying_party import RelyingParty
    from bunri.domains.auth.repository import AuthRepository
    from bunri.domains.auth.revocation import EndedSessions
    from bunri.domains.auth.service.mails import Mails
    from bunri.domains.auth.service.providers import Providers
    from bunri.platform.db import Transaction
    from bunri.platform.mail.delivery import MailDelivery
    from bunri.platform.oauth.factory import OpenedProviders
    from bunri.platform.queue import Handler


def _provide(container: "Container") -> None:
    from bunri.domains.auth.revocation import EndedSessions

    container.provide(EndedSessions, lambda: _ended_sessions(container))
    container.provide(SessionEndings, lambda: container.get(EndedSessions))
    container.provide(AccessVerifier, lambda: _verifier(container))
    _provide_use_cases(container)
    _provide_upkeep(container)


def _provide_use_cases(container: "Container") -> None:
    """What people ask for."""
    from bunri.domains.auth.passwords import Passwords
    from bunri.domains.auth.revocation import EndedSessions
    from bunri.domains.auth.service.accounts import Accounts
    from bunri.domains.auth.service.alike import AnsweredAlike
    from bunri.domains.auth.service.challenges import Challenges
    from bunri.domains.auth.service.context import AuthContext
    from bunri.domains.auth.service.factors import Factors
    from bunri.domains.auth.service.guests import Guests
    from bunri.domains.auth.service.identities import Identities
    from bunri.domains.auth.service.mails import Mails
    from bunri.domains.auth.service.merging import Merging
    from bunri.domains.auth.service.providers import Providers
    from bunri.domains.auth.service.reauthentication import Reauthentication
    from bunri.domains.auth.service.requests import Requests
    from bunri.domains.auth.service.sessions import Sessions
    from bunri.domains.auth.service.sign_ins import SignIns
    from bunri.domains.auth.service.tries import Tries
    from bunri.platform.limits import RateLimiter
    from bunri.platform.oauth.factory import OpenedProviders

    get, settings, clock = container.get, container.settings.auth, container.clock
    container.provide(
        Sessions, lambda: Sessions(_transaction(container), _seed(container), get(EndedSessions), settings, clock)
    )
    container.provide(Merging, lambda: Merging(get(Sessions)))
    container.provide(Guests, lambda: Guests(_transaction(container), get(Sessions), get(Merging), clock))
    container.provide(Requests, lambda: Requests(_seed(container), settings, clock))
    container.provide(Mails, lambda: _mails(container))
    container.provide(Passwords, lambda: _passwords(container))
    container.provide(OpenedProviders, lambda: _opened_providers(container))
    container.provide(Providers, lambda: _providers(container))
    container.provide(
        AuthContext,
        lambda: AuthContext(_transaction(container), get(Sessions), get(Requests), get(Mails), settings, clock),
    )
    container.provide(Identities, lambda: Identities(get(AuthContext)))
    container.provide(AnsweredAlike, lambda: AnsweredAlike(settings))
    container.provide(Tries, lambda: Tries(get(RateLimiter)))
    _provide_factors(container)
    container.provide(SignIns, lambda: SignIns(get(AuthContext), get(Factors), get(Merging), get(Tries)))
    container.provide(
        Reauthentication,
        lambda: Reauthentication(get(AuthContext), get(SignIns), get(Challenges), get(Passwords), get(Tries)),
    )
    container.provide(
        Accounts,
        lambda: Accounts(get(AuthContext), get(SignIns), get(Passwords), get(Tries), get(RateLimiter)),
    )


def _providers(container: "Container") -> "Providers":
    from bunri.domains.auth.secret_cipher import SecretCipher
    from bunri.domains.auth.service.context import AuthContext
    from bunri.domains.auth.service.providers import Providers
    from bunri.domains.auth.service.sign_ins import SignIns
    from bunri.platform.oauth.factory import OpenedProviders

    get, public_url = container.get, container.settings.public_url
    return Providers(
        get(AuthContext),
        get(OpenedProviders).by_name,
        get(SignIns),
        get(SecretCipher),
        _seed(container),
        str(public_url or ""),
    )


def _opened_providers(container: "Container") -> "OpenedProviders":
    """Without an address of ours nobody could be sent back, so then there are none."""
    from bunri.platform.oauth.factory import OpenedProviders, open_providers

    opened = open_providers(container.settings.oauth, container.clock) if container.settings.public_url else {}
    for provider in opened.values():
        container.closing.push_async_callback(provider.aclose)
    return OpenedProviders(opened)


def _provide_factors(container: "Container") -> None:
    """What people show beside their password."""
    from bunri.domains.auth.secret_cipher import SecretCipher
    from bunri.domains.auth.service.challenges import Challenges
    from bunri.domains.auth.service.context import AuthContext
    from bunri.domains.auth.service.factors import Factors
    from bunri.domains.auth.service.mails import Mails
    from bunri.domains.auth.service.passkeys import Passkeys
    from bunri.domains.auth.service.requests import Requests
    from bunri.domains.auth.service.sign_ins import SignIns
    from bunri.domains.auth.service.totp_apps import TotpApps
    from bunri.platform.limits import RateLimiter

    get, settings, clock = container.get, container.settings.auth, container.clock
    container.provide(SecretCipher, lambda: SecretCipher(container.settings.key("totp secrets")))
    container.provide(Factors, lambda: Factors(get(SecretCipher), get(Challenges), get(Mails), clock))
    container.provide(Challenges, lambda: Challenges(_relying_party(container), get(Requests), settings, clock))
    container.provide(Passkeys, lambda: Passkeys(get(AuthContext), get(Challenges), get(Factors), get(SignIns)))
    container.provide(TotpApps, lambda: TotpApps(get(AuthContext), get(Factors), get(SecretCipher), get(RateLimiter)))


def _provide_upkeep(container: "Container") -> None:
    """What happens without anybody asking, what operators do, and all that is kept of a person."""
    from bunri.domains.auth.secret_cipher import SecretCipher
    from bunri.domains.auth.service.administration import Administration
    from bunri.domains.auth.service.context import AuthContext
    from bunri.domains.auth.service.mails import Mails
    from bunri.domains.auth.service.sessions import Sessions
    from bunri.domains.auth.service.unlinking import Unlinkings
    from bunri.domains.auth.service.upkeep import Upkeep
    from bunri.domains.auth.user_data import AuthUserData
    from bunri.platform.mail import Mailer
    from bunri.platform.mail.delivery import MailDelivery
    from bunri.platform.oauth.factory import OpenedProviders

    get, settings = container.get, container.settings.auth
    container.provide(Upkeep, lambda: Upkeep(_transaction(container), get(Sessions), settings, container.clock))
    container.provide(AuthUserData, lambda: AuthUserData(get(Upkeep)))
    container.provide(
        Unlinkings,
        lambda: Unlinkings(
            _transaction(container), lambda: get(OpenedProviders).by_name, get(SecretCipher), container.clock
        ),
    )
    container.provide(Administration, lambda: Administration(get(AuthContext)))
    container.provide(
        MailDelivery,
        lambda: MailDelivery(_transaction(container), get(Mailer), "bunri.domains.auth", get(Mails).complete),
    )


def _transaction(container: "Container") -> "Transaction[AuthRepository]":
    from bunri.domains.auth.repository import AuthRepository

    return container.transactions("auth", AuthRepository)


def _seed(container: "Container") -> str:
    return container.settings.key("access tokens")


def _relying_party(container: "Container") -> "RelyingParty":
    from bunri.domains.auth.relying_party import relying_party

    settings, public_url = container.settings.auth, container.settings.public_url
    return relying_party(settings.rp_id, str(public_url) if public_url else None, settings.passkey_origins)


def _mails(container: "Container") -> "Mails":
    from bunri.domains.auth.service.mails import Mails

    public_url = container.settings.public_url
    return Mails(_seed(container), str(public_url) if public_url else None)


def _passwords(container: "Container") -> "Passwords":
    from bunri.domains.auth.passwords import Passwords

    passwords = Passwords(container.settings.auth.hashes_at_once)
    container.closing.callback(passwords.close)
    return passwords


def _ended_sessions(container: "Container") -> "EndedSessions":
    from bunri.domains.auth.revocation import EndedSessions

    return EndedSessions(container.cache("sessions"), container.settings.auth.access_ttl, container.clock)


def _verifier(container: "Container") -> AccessVerifier:
    """Needs the key and the set of ended sessions only, so that every target can do it alone."""
    from bunri.domains.auth.revocation import EndedSessions
    from bunri.domains.auth.signing_keys import SigningKeys
    from bunri.domains.auth.tokens import Verifier

    keys = SigningKeys(_seed(container))
    return Verifier(keys, container.clock, container.get(EndedSessions).contains)


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.auth.endpoints import factors, identities, jwks, oauth, passkeys, router

    return [router.router, factors.router, passkeys.router, oauth.router, identities.router, jwks.router]


def _handlers(_: "Container", queue: str) -> "Sequence[Handler]":
    from bunri.domains.auth.tasks import HANDLERS

    return HANDLERS if queue == "default" else ()


def _mail(container: "Container") -> "MailDelivery":
    from bunri.platform.mail.delivery import MailDelivery

    return container.get(MailDelivery)


def _outbox() -> "Table":
    from bunri.domains.auth.models import outbox

    return outbox


def _api_tasks(container: "Container") -> Sequence[Callable[[], Awaitable[None]]]:
    from bunri.domains.auth.revocation import EndedSessions

    return [container.get(EndedSessions).follow]


def _user_data(container: "Container") -> UserData:
    from bunri.domains.auth.user_data import AuthUserData

    return container.get(AuthUserData)


MODULE = Module(
    name="auth",
    package="bunri.domains.auth",
    target="auth",
    provide=_provide,
    schema="auth",
    outbox=_outbox,
    prefixes=("/api/v1/auth", "/.well-known/jwks.json"),
    routers=_routers,
    task_handlers=_handlers,
    subscriptions=(Subscription(SessionEnded, "auth.spread_ended_session", "default"),),
    schedule=(Schedule("auth.forget", "default", 600), Schedule("auth.unlink", "default", 60)),
    mail=_mail,
    api_tasks=_api_tasks,
    user_data=_user_data,
)
