"""Use cases of auth: a guest signs in with a name, and stays signed in until the session ends."""

from datetime import datetime
from typing import Any
from uuid import UUID

from bunri.domains.auth import tokens
from bunri.domains.auth.errors import RefreshInvalid
from bunri.domains.auth.public import Kind, SessionEnded
from bunri.domains.auth.repository import AuthRepository, GuestRecord, SessionRecord
from bunri.domains.auth.revocation import EndedSessions
from bunri.domains.auth.schemas import Tokens, User
from bunri.domains.auth.settings import AuthSettings
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id, parse_id
from bunri.platform.db import Transaction


class AuthService:
    """What a refused token leads to is committed although its bearer gets an error."""

    def __init__(
        self,
        transaction: Transaction[AuthRepository],
        seed: str,
        ended: EndedSessions,
        settings: AuthSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._seed = seed
        self._key = tokens.signing_key(seed)
        self._ended = ended
        self._settings = settings
        self._clock = clock

    async def sign_in_guest(self, name: str) -> Tokens:
        """A new guest with a new session."""
        now, session_id = self._clock(), new_id()
        refresh = tokens.new_refresh(self._seed, session_id)
        guest = GuestRecord(new_id(), name, now)
        async with self._transaction() as repository:
            await repository.add_guest(guest)
            expires_at = now + self._settings.refresh_ttl
            await repository.add_session(session_id, guest.id, tokens.fingerprint(refresh), now, expires_at)
        return self._tokens(session_id, guest.id, guest.name, refresh, now)

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for old; the refresh token changes each time.

        Raises RefreshInvalid when the session is over: unknown, expired, ended before, or ended now by a token of its
        own that is neither its newest nor, within the grace, the one before: somebody else has had it, and the session
        ends for thief and owner alike (RFC 9700 §4.14.2). A token that never was one is refused and ends nothing, since
        the id of a session is no secret.
        """
        now, session_id = self._clock(), tokens.session_of(refresh_token)
        newest = tokens.next_refresh(self._seed, refresh_token)
        async with self._transaction() as repository:
            session = await repository.lock_session(session_id) if session_id else None
            admitted = session is not None and await self._admit(repository, session, refresh_token, newest, now)
        if session is None or not admitted:
            raise RefreshInvalid
        return self._tokens(session.id, session.guest_id, session.guest_name, newest, now)

    async def _admit(
        self, repository: AuthRepository, session: SessionRecord, presented: str, newest: str, now: datetime
    ) -> bool:
        """Moves the session on, or ends it; whether it goes on."""
        if session.revoked_at or session.expires_at <= now:
            return False
        if tokens.is_token(presented, session.refresh_hash):
            await repository.rotate(session, tokens.fingerprint(newest), now, now + self._settings.refresh_ttl)
            return True
        if self._is_previous(session, presented, now):
            return True
        if tokens.is_token(presented, session.previous_hash) or tokens.was_issued(self._seed, presented):
            await self._end(repository, session, now)
        return False

    def _is_previous(self, session: SessionRecord, refresh_token: str, now: datetime) -> bool:
        """Whether it is the token before the newest, and so soon after it that another tab may have refreshed too."""
        in_grace = now - session.rotated_at <= self._settings.refresh_grace
        return in_grace and tokens.is_token(refresh_token, session.previous_hash)

    async def _end(self, repository: AuthRepository, session: SessionRecord, now: datetime) -> None:
        """Ends a session: other processes are told right after the commit, and by the outbox if that fails."""
        await repository.end_session(session.id, now)
        await repository.add_event(SessionEnded(session_id=session.id, owner=guest_subject(session.guest_id)))
        repository.after_commit(lambda: self._ended.add(session.id))

    async def spread_ended_session(self, ended: SessionEnded) -> None:
        """Once more, for those that the first message did not reach."""
        await self._ended.add(ended.session_id)

    async def export(self, owner: str) -> dict[str, Any]:
        """What is kept of a person; empty for somebody unknown."""
        guest_id = guest_of(owner)
        async with self._transaction() as repository:
            guest = await repository.guest_by_id(guest_id) if guest_id else None
            sessions = await repository.sessions_of(guest.id) if guest else []
        if guest is None:
            return {}
        return {
            "id": owner,
            "name": guest.name,
            "created_at": guest.created_at.isoformat(),
            "sessions": [
                {"last_used_at": each.rotated_at.isoformat(), "expires_at": each.expires_at.isoformat()}
                for each in sessions
            ],
        }

    async def erase(self, owner: str) -> None:
        """Ends a person's sessions and forgets the person."""
        now, guest_id = self._clock(), guest_of(owner)
        if guest_id is None:
            return
        async with self._transaction() as repository:
            for session in await repository.sessions_of(guest_id):
                await self._end(repository, session, now)
            await repository.remove_guest(guest_id)

    def _tokens(self, session_id: UUID, guest_id: UUID, name: str, refresh: str, now: datetime) -> Tokens:
        user = User(id=guest_subject(guest_id), username=name)
        ttl = self._settings.access_ttl
        claims = tokens.Claims(subject=user.id, session_id=session_id, name=name, kind=Kind.GUEST, roles=())
        return Tokens(
            access_token=tokens.issue_access(self._key, claims, now, ttl),
            refresh_token=refresh,
            expires_in=int(ttl.total_seconds()),
            user=user,
        )


_PREFIX = "guest_"


def guest_subject(guest_id: UUID) -> str:
    """CHAT-2: every guest's id starts with ``guest_``."""
    return f"{_PREFIX}{guest_id}"


def guest_of(subject: str) -> UUID | None:
    """The guest that ``subject`` names."""
    return parse_id(subject.removeprefix(_PREFIX)) if subject.startswith(_PREFIX) else None
