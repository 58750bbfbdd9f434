"""Statements about what waits for its confirmation."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from bunri.domains.auth import models, records
from bunri.platform.db import Repository

_Row = models.Request


class RequestRepository(Repository):
    async def add_request(self, request: records.Request) -> None:
        values = {
            "id": request.id,
            "kind": request.kind,
            "person_id": request.person_id,
            "data": request.data,
            "browser": request.browser,
            "tries": request.tries,
            "created_at": request.created_at,
            "expires_at": request.expires_at,
        }
        await self._session.execute(insert(_Row).values(values))

    async def lock_request(self, request_id: UUID) -> records.Request | None:
        """The request, which nobody else answers until the transaction ends."""
        return await self._request(_REQUESTS.where(_Row.id == request_id).with_for_update())

    async def newest_registration(self, email_key: str, browser: bytes, now: datetime) -> records.Request | None:
        """Of those that were asked for in this browser and wait for the confirmation of this address."""
        waiting = _REQUESTS.where(
            _Row.kind == records.RequestKind.REGISTER,
            _Row.data["email_key"].astext == email_key,
            _Row.browser == browser,
            _Row.expires_at > now,
        )
        return await self._request(waiting.order_by(_Row.id.desc()).limit(1))

    async def _request(self, statement: Any) -> records.Request | None:
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            return None
        request_id, kind, *rest = row
        return records.Request(request_id, records.RequestKind(kind), *rest)

    async def count_try(self, request_id: UUID) -> None:
        """Somebody has answered it wrongly."""
        await self._session.execute(update(_Row).where(_Row.id == request_id).values(tries=_Row.tries + 1))

    async def remove_request(self, request_id: UUID) -> None:
        await self._session.execute(delete(_Row).where(_Row.id == request_id))

    async def remove_requests_of(self, person_id: UUID, kind: records.RequestKind) -> None:
        """A newer one takes their place."""
        await self._session.execute(delete(_Row).where(_Row.person_id == person_id, _Row.kind == kind))

    async def remove_expired_requests(self, now: datetime) -> None:
        await self._session.execute(delete(_Row).where(_Row.expires_at < now))


_REQUESTS: Final = select(
    _Row.id, _Row.kind, _Row.person_id, _Row.data, _Row.browser, _Row.tries, _Row.created_at, _Row.expires_at
)
