"""Sessions: a person is signed in on a device until it ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bunri.domains.auth import subjects, tokens
from bunri.domains.auth.errors import ReauthenticationNeeded, RefreshInvalid, SessionMissing
from bunri.domains.auth.public import Caller, Kind, SessionEnded
from bunri.domains.auth.records import Device, Person, Session, shows_two
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.revocation import EndedSessions
from bunri.domains.auth.schemas import EventOut, SessionOut, Tokens, User
from bunri.domains.auth.settings import AuthSettings
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.subjects import public_tag, subject_of
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction

_EVENTS_SHOWN: Final = 100


class Sessions:
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
        self._keys = SigningKeys(seed)
        self._ended = ended
        self._settings = settings
        self._clock = clock

    # ── beginning ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def begin(
        self,
        repository: AuthRepository,
        person: Person,
        factors: Sequence[str],
        device: Device,
        authenticated_at: datetime | None = None,
    ) -> Tokens:
        """Signs ``person`` in, who has shown ``factors``, within the transaction at hand: at ``authenticated_at``, or
        now."""
        now, session_id = self._clock(), new_id()
        refresh = tokens.new_refresh(self._seed, session_id)
        session = Session(
            id=session_id,
            person=person,
            refresh_hash=tokens.fingerprint(refresh),
            previous_hash=None,
            rotated_at=now,
            expires_at=now + self._idle(person),
            revoked_at=None,
            created_at=now,
            ends_at=now + self._settings.session_ttl,
            authenticated_at=authenticated_at or now,
            factors=tuple(factors),
            device=device,
        )
        await repository.add_session(session)
        await repository.note_seen(person.id, now)
        return self._tokens(session, refresh, now)

    async def begin_again(
        self,
        repository: AuthRepository,
        session: Session,
        person: Person,
        factors: Sequence[str],
        authenticated_at: datetime | None = None,
    ) -> Tokens:
        """A new session in place of ``session``, whose person has shown ``factors``: whoever had its tokens before has
        nothing any more (ASVS 7.2.4)."""
        await self.end_within(repository, session)
        return await self.begin(repository, person, factors, session.device, authenticated_at)

    async def begin_with_factor(
        self, repository: AuthRepository, session: Session, factor: str, *, end_others: bool
    ) -> Tokens:
        """As ``begin_again``, where ``factor`` was added and shown. That is no new proof of who is here: the time of
        the last one stays. The person's other sessions end with ``end_others``."""
        if end_others:
            await self.end_all_within(repository, session.person.id, kept=session.id)
        factors = [*(each for each in session.factors if each != factor), factor]
        return await self.begin_again(repository, session, session.person, factors, session.authenticated_at)

    def _idle(self, person: Person) -> timedelta:
        return self._settings.guest_refresh_ttl if person.kind == Kind.GUEST else self._settings.refresh_ttl

    # ── going on ──────────────────────────────────────────────────────────────────────────────────────────────────

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
        return self._tokens(session, newest, now)

    async def _admit(
        self, repository: AuthRepository, session: Session, presented: str, newest: str, now: datetime
    ) -> bool:
        """Moves the session on, or ends it; whether it goes on."""
        if session.is_over(now):
            return False
        if tokens.is_token(presented, session.refresh_hash):
            await repository.rotate(session, tokens.fingerprint(newest), now, now + self._idle(session.person))
            await repository.note_seen(session.person.id, now)
            return True
        if self._is_previous(session, presented, now):
            return True
        if tokens.is_token(presented, session.previous_hash) or tokens.was_issued(self._seed, presented):
            await repository.log_event("refresh_token_reused", session.person.id, session.device, now)
            await self.end_within(repository, session)
        return False

    def _is_previous(self, session: Session, refresh_token: str, now: datetime) -> bool:
        """Whether it is the token before the newest, and so soon after it that another tab may have refreshed too."""
        in_grace = now - session.rotated_at <= self._settings.refresh_grace
        return in_grace and tokens.is_token(refresh_token, session.previous_hash)

    # ── who is here ───────────────────────────────────────────────────────────────────────────────────────────────

    async def lock(self, repository: AuthRepository, caller: Caller) -> Session:
        """The caller's own session. Raises RefreshInvalid when it is over."""
        session = await repository.lock_session(caller.session_id)
        if session is None or session.is_over(self._clock()):
            raise RefreshInvalid
        return session

    async def lock_fresh(self, repository: AuthRepository, caller: Caller) -> Session:
        """As ``lock``; raises ReauthenticationNeeded when it is too long ago that its person showed who they are."""
        session = await self.lock(repository, caller)
        since = self._clock() - session.authenticated_at
        if session.person.kind == Kind.ACCOUNT and since > self._settings.reauthentication_ttl:
            raise ReauthenticationNeeded
        return session

    async def of(self, caller: Caller) -> list[SessionOut]:
        """The caller's sessions that are not over, the newest first."""
        now = self._clock()
        async with self._transaction() as repository:
            sessions = await repository.sessions_of(person_id_of(caller))
        return [
            SessionOut(
                id=each.id,
                device=each.device.name,
                network=each.device.network,
                created_at=each.created_at,
                last_used_at=each.rotated_at,
                current=each.id == caller.session_id,
            )
            for each in reversed(sessions)
            if not each.is_over(now)
        ]

    async def events(self, caller: Caller) -> list[EventOut]:
        """What happened to the caller's account, the newest first."""
        async with self._transaction() as repository:
            found = await repository.events_of(person_id_of(caller), _EVENTS_SHOWN)
        return [
            EventOut(kind=each.kind, device=each.device.name, network=each.device.network, at=each.created_at)
            for each in found
        ]

    # ── ending ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def end(self, caller: Caller, session_id: UUID) -> None:
        """Ends one of the caller's sessions; once more does no harm. Raises SessionMissing."""
        async with self._transaction() as repository:
            session = await repository.lock_session(session_id)
            if session is None or session.person.id != person_id_of(caller):
                raise SessionMissing
            await self.end_within(repository, session)
            await repository.log_event("signed_out", session.person.id, session.device, self._clock())

    async def end_all(self, caller: Caller, *, others_only: bool) -> None:
        """Ends the caller's sessions, but for the one at hand with ``others_only``."""
        kept = caller.session_id if others_only else None
        async with self._transaction() as repository:
            await self.end_all_within(repository, person_id_of(caller), kept=kept)

    async def end_all_within(self, repository: AuthRepository, person_id: UUID, *, kept: UUID | None = None) -> None:
        for session in await repository.sessions_of(person_id):
            if session.id != kept:
                await self.end_within(repository, session)

    async def end_within(self, repository: AuthRepository, session: Session) -> None:
        """Other processes are told right after the commit, and by the outbox if that fails."""
        if session.revoked_at is not None:
            return
        await repository.end_session(session.id, self._clock())
        await repository.add_event(SessionEnded(session_id=session.id, owner=subject_of(session.person.id)))
        repository.after_commit(lambda: self._ended.add(session.id))

    async def spread_ended_session(self, ended: SessionEnded) -> None:
        """Once more, for those that the first message did not reach."""
        await self._ended.add(ended.session_id)

    def public_keys(self) -> dict[str, list[dict[str, str]]]:
        """The JWK set of the keys that are good now."""
        return self._keys.public(self._clock())

    # ── tokens ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _tokens(self, session: Session, refresh: str, now: datetime) -> Tokens:
        person, ttl = session.person, self._settings.access_ttl
        subject = subject_of(person.id)
        roles = person.roles if shows_two(session.factors) else ()  # ASVS 6.3.3
        claims = tokens.Claims(subject, session.id, person.name, person.kind, roles)
        return Tokens(
            access_token=tokens.issue_access(self._keys, claims, now, ttl),
            refresh_token=refresh,
            expires_in=int(ttl.total_seconds()),
            refresh_expires_in=int((min(now + self._idle(person), session.ends_at) - now).total_seconds()),
            user=User(
                id=subject,
                username=person.name,
                hash=public_tag(subject),
                kind=person.kind,
                roles=roles,
                factor_needed=bool(person.roles) and not roles,
            ),
        )


def person_id_of(caller: Caller) -> UUID:
    """Who is calling."""
    person_id = subjects.person_id_of(caller.id)
    assert person_id is not None, "tokens name people"  # noqa: S101
    return person_id
