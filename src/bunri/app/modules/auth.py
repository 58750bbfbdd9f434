"""Who is calling: guests and their sessions."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from bunri.app.module import Module, Subscription, UserData
from bunri.domains.auth.public import AccessVerifier, SessionEnded, SessionEndings

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy import Table

    from bunri.app.container import Container
    from bunri.domains.auth.revocation import EndedSessions
    from bunri.domains.auth.service import AuthService
    from bunri.platform.queue import Handler


def _provide(container: "Container") -> None:
    from bunri.domains.auth.revocation import EndedSessions
    from bunri.domains.auth.service import AuthService
    from bunri.domains.auth.user_data import AuthUserData

    container.provide(EndedSessions, lambda: _ended_sessions(container))
    container.provide(SessionEndings, lambda: container.get(EndedSessions))
    container.provide(AccessVerifier, lambda: _verifier(container))
    container.provide(AuthService, lambda: _service(container))
    container.provide(AuthUserData, lambda: AuthUserData(container.get(AuthService)))


def _ended_sessions(container: "Container") -> "EndedSessions":
    from bunri.domains.auth.revocation import EndedSessions

    return EndedSessions(container.cache("sessions"), container.settings.auth.access_ttl, container.clock)


def _verifier(container: "Container") -> AccessVerifier:
    """Needs the key and the set of ended sessions only, so that every target can do it alone."""
    from bunri.domains.auth import tokens
    from bunri.domains.auth.revocation import EndedSessions

    key = tokens.signing_key(container.settings.key("access tokens"))
    return tokens.Verifier(key, container.clock, container.get(EndedSessions).contains)


def _service(container: "Container") -> "AuthService":
    from bunri.domains.auth.repository import AuthRepository
    from bunri.domains.auth.revocation import EndedSessions
    from bunri.domains.auth.service import AuthService

    return AuthService(
        container.transactions("auth", AuthRepository),
        container.settings.key("access tokens"),
        container.get(EndedSessions),
        container.settings.auth,
        container.clock,
    )


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.auth.endpoints import router

    return [router]


def _handlers(_: "Container", queue: str) -> "Sequence[Handler]":
    from bunri.domains.auth.tasks import HANDLERS

    return HANDLERS if queue == "default" else ()


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
    prefixes=("/api/v1/auth",),
    routers=_routers,
    task_handlers=_handlers,
    subscriptions=(Subscription(SessionEnded, "auth.spread_ended_session", "default"),),
    api_tasks=_api_tasks,
    user_data=_user_data,
)
