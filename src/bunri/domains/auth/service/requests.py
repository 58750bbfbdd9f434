"""Requests that wait for their confirmation by mail: made, and answered once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from bunri.domains.auth import confirmations
from bunri.domains.auth.records import Request, RequestKind
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.settings import AuthSettings
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What somebody answers a request with: the link's ``token``, or the ``code`` with the request's id; and the cookie
    of their browser."""

    token: str | None = None
    request_id: UUID | None = None
    code: str | None = None
    browser: bytes | None = None


class Requests:
    def __init__(self, seed: str, settings: AuthSettings, clock: Clock) -> None:
        self._seed = seed
        self._settings = settings
        self._clock = clock

    async def add(
        self,
        repository: AuthRepository,
        kind: RequestKind,
        *,
        person_id: UUID | None,
        data: Mapping[str, Any],
        browser: bytes | None,
        lifetime: timedelta,
        replaces: bool = True,
    ) -> Request:
        """A new request, which takes the place of the person's others of its kind with ``replaces``."""
        if person_id and replaces:
            await repository.remove_requests_of(person_id, kind)
        now = self._clock()
        request = Request(new_id(), kind, person_id, dict(data), browser, 0, now, now + lifetime)
        await repository.add_request(request)
        return request

    def token_of(self, request: Request) -> str:
        """Which names the request, and which only we can make."""
        return confirmations.link_token(self._seed, request.id)

    async def lock(self, repository: AuthRepository, kind: RequestKind, given: Confirmation) -> Request | None:
        """The request that ``given`` confirms; None when it confirms none, which has been counted and is to be
        committed. An address is put back with both link and code, since neither browser nor password is known."""
        by_link = confirmations.request_of(self._seed, given.token) if given.token else None
        request_id = by_link or given.request_id
        request = await repository.lock_request(request_id) if request_id else None
        if request is None or request.kind != kind or request.expires_at <= self._clock():
            return None
        if by_link and kind != RequestKind.UNDO_EMAIL:
            return request
        return request if await self._is_code(repository, request, given.code or "") else None

    async def _is_code(self, repository: AuthRepository, request: Request, typed: str) -> bool:
        """A code lives for a shorter time than a link, unless it goes with one, and bears few tries."""
        lifetime = self._settings.undo_ttl if request.kind == RequestKind.UNDO_EMAIL else self._settings.code_ttl
        if request.tries >= confirmations.TRIES or self._clock() - request.created_at > lifetime:
            return False
        if confirmations.is_code(self._seed, request.id, typed):
            return True
        await repository.count_try(request.id)
        return False

    def is_same_browser(self, request: Request, given: Confirmation) -> bool:
        """Whether who confirms is in the browser that asked. Who typed the code had the answer to the question."""
        asked_here = request.browser is not None and request.browser == given.browser
        return asked_here or given.token is None
