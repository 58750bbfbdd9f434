"""Use cases of auth: a guest signs in with a name, and stays signed in."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

from bunri.domains.auth import tokens
from bunri.domains.auth.errors import RefreshInvalid
from bunri.domains.auth.models import Guest, Session
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.schemas import Tokens, User
from bunri.domains.auth.settings import AuthSettings
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id


class AuthService:
    """Opens its own transactions: what a refused token leads to is committed although its bearer gets an error."""

    def __init__(
        self,
        begin: Callable[[], AbstractAsyncContextManager[AuthRepository]],
        seed: str,
        settings: AuthSettings,
        clock: Clock,
    ) -> None:
        self._begin = begin
        self._seed = seed
        self._key = tokens.signing_key(seed)
        self._settings = settings
        self._clock = clock

    async def sign_in_guest(self, name: str) -> Tokens:
        """A new guest with a new session."""
        now, session_id = self._clock(), new_id()
        refresh = tokens.new_refresh(session_id)
        async with self._begin() as repository:
            guest = await repository.add_guest(new_id(), name, now)
            await repository.add_session(
                Session(
                    id=session_id,
                    guest_id=guest.id,
                    refresh_hash=tokens.fingerprint(refresh),
                    previous_hash=None,
                    rotated_at=now,
                    expires_at=now + self._settings.refresh_ttl,
                    revoked_at=None,
                )
            )
        return self._tokens(guest, refresh, now)

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for old; the refresh token changes each time.

        Raises RefreshInvalid when the session is over: unknown, expired, ended before, or ended now by a token that is
        neither its newest nor, within the grace, the one before: somebody else has had it, and the session ends for
        thief and owner alike (RFC 9700 §4.14.2).
        """
        now, session_id = self._clock(), tokens.session_of(refresh_token)
        newest = tokens.next_refresh(self._seed, refresh_token)
        async with self._begin() as repository:
            found = await repository.session_by_id(session_id) if session_id else None
            guest = self._admitted(*found, refresh_token, newest, now) if found else None
            await repository.flush()
        if guest is None:
            raise RefreshInvalid
        return self._tokens(guest, newest, now)

    def _admitted(self, session: Session, guest: Guest, presented: str, newest: str, now: datetime) -> Guest | None:
        """Moves the session on, or ends it; whose it is when it goes on."""
        if session.revoked_at or session.expires_at <= now:
            return None
        if tokens.is_token(presented, session.refresh_hash):
            session.previous_hash, session.refresh_hash = session.refresh_hash, tokens.fingerprint(newest)
            session.rotated_at = now
            session.expires_at = now + self._settings.refresh_ttl
        elif not self._is_previous(session, presented, now):
            session.revoked_at = now
        return None if session.revoked_at else guest

    def _is_previous(self, session: Session, refresh_token: str, now: datetime) -> bool:
        """Whether it is the token before the newest, and so soon after it that another tab may have refreshed too."""
        in_grace = now - session.rotated_at <= self._settings.refresh_grace
        return in_grace and tokens.is_token(refresh_token, session.previous_hash)

    def _tokens(self, guest: Guest, refresh: str, now: datetime) -> Tokens:
        user = User(id=guest_subject(guest.id), username=guest.name)
        ttl = self._settings.access_ttl
        return Tokens(
            access_token=tokens.issue_access(self._key, user.id, user.username, now, ttl),
            refresh_token=refresh,
            expires_in=int(ttl.total_seconds()),
            user=user,
        )


def guest_subject(guest_id: UUID) -> str:
    """CHAT-2: every guest's id starts with ``guest_``."""
    return f"guest_{guest_id}"
