"""Statements about browsers that may be told of new messages."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from bunri.domains.chat import models, records
from bunri.platform.db import Repository

_Subscription = models.SubscriptionRow
SUBSCRIPTION: Final = tuple(_Subscription.__table__.columns[field.name] for field in fields(records.Subscription))


def subscription_of(row: Any) -> records.Subscription:
    """From the values of SUBSCRIPTION."""
    return records.Subscription(*row)


class SubscriptionRepository(Repository):
    async def keep_subscription(self, subscription: records.Subscription, most: int) -> None:
        """In the place of what was known of the same browser. Of more than ``most`` of a person the one that was not
        seen for longest goes."""
        values = asdict(subscription)
        statement = upsert(_Subscription).values(values)
        changed = {name: value for name, value in values.items() if name not in ("id", "endpoint")}
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=[_Subscription.endpoint], set_=changed)
        )
        kept = select(_Subscription.id).where(_Subscription.person == subscription.person)
        newest = kept.order_by(_Subscription.seen_at.desc(), _Subscription.id.desc()).limit(most)
        mine = _Subscription.person == subscription.person
        await self._session.execute(delete(_Subscription).where(mine, _Subscription.id.not_in(newest)))

    async def remove_subscription(self, person: str, endpoint: str) -> None:
        where = (_Subscription.person == person, _Subscription.endpoint == endpoint)
        await self._session.execute(delete(_Subscription).where(*where))

    async def drop_subscription(self, subscription_id: UUID, endpoint: str) -> None:
        """Unless the browser has another address by now."""
        where = (_Subscription.id == subscription_id, _Subscription.endpoint == endpoint)
        await self._session.execute(delete(_Subscription).where(*where))

    async def remove_subscriptions_of_session(self, session_id: UUID) -> None:
        await self._session.execute(delete(_Subscription).where(_Subscription.session_id == session_id))

    async def remove_unseen_subscriptions(self, before: datetime) -> None:
        await self._session.execute(delete(_Subscription).where(_Subscription.seen_at < before))

    async def subscriptions_of(self, person: str) -> list[records.Subscription]:
        rows = await self._session.execute(
            select(*SUBSCRIPTION).where(_Subscription.person == person).order_by(_Subscription.seen_at)
        )
        return [subscription_of(row) for row in rows]

    async def subscriptions_of_all(self, people: Sequence[str]) -> list[records.Subscription]:
        theirs = _Subscription.person == any_(bindparam("people", list(people), ARRAY(Text)))
        statement = select(*SUBSCRIPTION).where(theirs)
        rows = await self._session.execute(statement.order_by(_Subscription.person, _Subscription.seen_at))
        return [subscription_of(row) for row in rows]

    async def subscription(self, subscription_id: UUID) -> records.Subscription | None:
        rows = await self._session.execute(select(*SUBSCRIPTION).where(_Subscription.id == subscription_id))
        row = rows.one_or_none()
        return subscription_of(row) if row else None

    async def remove_subscriptions_of(self, person: str) -> None:
        await self._session.execute(delete(_Subscription).where(_Subscription.person == person))

    async def hand_over_subscriptions(self, old: str, new: str) -> None:
        await self._session.execute(update(_Subscription).where(_Subscription.person == old).values(person=new))
