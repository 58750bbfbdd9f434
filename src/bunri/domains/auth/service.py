"""Use cases of auth: a guest signs in with a name, and stays signed in."""

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
    def __init__(self, repository: AuthRepository, seed: str, settings: AuthSettings, clock: Clock) -> None:
        self._repository = repository
        self._seed = seed
        self._key = tokens.signing_key(seed)
        self._settings = settings
        self._clock = clock

    async def sign_in_guest(self, name: str) -> Tokens:
        """A new guest with a new session."""
        now = self._clock()
        guest = await self._repository.add_guest(new_id(), name, now)
        refresh = tokens.new_refresh()
        await self._repository.add_session(
            Session(
                id=new_id(),
                guest_id=guest.id,
                refresh_hash=tokens.fingerprint(refresh),
                previous_hash=None,
                rotated_at=now,
                expires_at=now + self._settings.refresh_ttl,
                revoked_at=None,
            )
        )
        return self._tokens(guest, refresh, now)

    async def refresh(self, refresh_token: str) -> Tokens | None:
        """New tokens for old; the refresh token changes each time.

        None when the session is over: unknown, expired, or the token was used before and its grace has passed, which
        ends the session for thief and owner alike (RFC 9700 §4.14.2). It is a value and not an error, so that the
        revocation is committed.
        """
        now = self._clock()
        presented = tokens.fingerprint(refresh_token)
        found = await self._repository.session_by_refresh(presented)
        if found is None:
            return None
        session, guest = found
        if session.revoked_at or session.expires_at <= now:
            return None
        newest = tokens.next_refresh(self._seed, refresh_token)
        if session.refresh_hash == presented:
            session.previous_hash, session.refresh_hash = presented, tokens.fingerprint(newest)
            session.rotated_at = now
            session.expires_at = now + self._settings.refresh_ttl
        elif now - session.rotated_at > self._settings.refresh_grace:
            session.revoked_at = now
        await self._repository.flush()
        return None if session.revoked_at else self._tokens(guest, newest, now)

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


def or_over(found: Tokens | None) -> Tokens:
    """The tokens, or RefreshInvalid."""
    if found is None:
        raise RefreshInvalid
    return found
