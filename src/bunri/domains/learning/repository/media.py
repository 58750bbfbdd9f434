"""Statements about the pictures of cards."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import array, insert

from bunri.domains.learning import models, records
from bunri.platform.db import Repository

_Media = models.MediaRow
_Card = models.CardRow
_Removed = models.RemovedObjectRow
MEDIA: Final = tuple(_Media.__table__.columns)


def media_of(row: Any) -> records.Media:
    """From a mapping of MEDIA."""
    return records.Media(**row)


class MediaRepository(Repository):
    async def lock_media_of(self, deck_id: UUID) -> None:
        """Nobody else adds pictures to the deck until the transaction ends."""
        key = func.hashtextextended(f"learning media {deck_id}", 0)
        await self._session.execute(select(func.pg_advisory_xact_lock(key)))

    async def add_media(self, media: records.Media) -> UUID:
        """The id of the picture: of the same one that the deck has already, where it has it."""
        statement = insert(_Media).values(asdict(media))
        same = statement.on_conflict_do_update(
            index_elements=[_Media.deck_id, _Media.sha256], set_={"created_at": statement.excluded.created_at}
        )
        return (await self._session.execute(same.returning(_Media.id))).scalar_one()

    async def media_bytes_of_deck(self, deck_id: UUID) -> int:
        return await self._sum(_Media.deck_id == deck_id)

    async def media_bytes_of_person(self, owner: str) -> int:
        return await self._sum(_Media.owner == owner)

    async def _sum(self, where: Any) -> int:
        summed = select(func.coalesce(func.sum(_Media.size), 0)).where(where)
        return int((await self._session.execute(summed)).scalar_one())

    async def media_of_deck(self, deck_id: UUID) -> list[records.Media]:
        rows = (await self._session.execute(select(*MEDIA).where(_Media.deck_id == deck_id))).mappings()
        return [media_of(row) for row in rows]

    async def renew_media(self, deck_id: UUID, sha256: bytes, now: datetime) -> UUID | None:
        """The picture of the deck with that digest, as if it were just added."""
        where = (_Media.deck_id == deck_id, _Media.sha256 == sha256)
        statement = update(_Media).where(*where).values(created_at=now).returning(_Media.id)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def media_by_id(self, ids: Sequence[UUID]) -> dict[UUID, records.Media]:
        """They are not removed as unused before the transaction ends: a card is about to show them."""
        statement = select(*MEDIA).where(_Media.id.in_(ids)).order_by(_Media.id)
        rows = (await self._session.execute(statement.with_for_update(read=True, key_share=True))).mappings()
        return {row["id"]: media_of(row) for row in rows}

    async def lock_media(self, ids: Sequence[UUID]) -> list[records.Media]:
        """No card begins to show them before the transaction ends."""
        statement = select(*MEDIA).where(_Media.id.in_(ids)).order_by(_Media.id).with_for_update()
        return [media_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def media_shown_beside(self, ids: Sequence[UUID], cards: Sequence[UUID]) -> set[UUID]:
        """Those that other cards than ``cards`` show."""
        shown = select(func.unnest(_Card.media)).where(
            _Card.media.overlap(list(ids)), _Card.id.not_in(cards), _Card.removed_at.is_(None)
        )
        return set((await self._session.execute(shown)).scalars()) & set(ids)

    async def media_by_digest(self, deck_id: UUID, digests: Sequence[bytes]) -> dict[bytes, UUID]:
        """The pictures that the deck has, of those with these digests."""
        statement = select(_Media.sha256, _Media.id).where(_Media.deck_id == deck_id, _Media.sha256.in_(digests))
        return {row.sha256: row.id for row in await self._session.execute(statement)}

    async def move_media(self, media_id: UUID, deck_id: UUID) -> None:
        await self._session.execute(update(_Media).where(_Media.id == media_id).values(deck_id=deck_id))

    async def remove_media(self, ids: Sequence[UUID]) -> None:
        await self._session.execute(delete(_Media).where(_Media.id.in_(ids)))

    async def remove_unused_media(self, before: datetime, after: UUID | None, limit: int) -> tuple[int, UUID | None]:
        """Looks at up to ``limit`` pictures added before ``before`` that no card shows, in the order of their ids from
        ``after`` on; how many were removed, and where to go on, if anywhere.

        They are locked first and looked at again then: a card may just have begun to show one."""
        shown = select(_Card.id).where(
            _Card.media.contains(array([_Media.id])), func.cardinality(_Card.media) > 0, _Card.removed_at.is_(None)
        )
        unused = select(_Media.id).where(_Media.created_at < before, ~shown.exists())
        if after:
            unused = unused.where(_Media.id > after)
        statement = unused.order_by(_Media.id).limit(limit).with_for_update(skip_locked=True)
        found = list((await self._session.execute(statement)).scalars())
        if not found:
            return 0, None
        again = delete(_Media).where(_Media.id.in_(found), ~shown.exists()).returning(_Media.id)
        removed = len((await self._session.execute(again)).all())
        return removed, found[-1] if len(found) == limit else None

    # ── objects that nobody needs any more ────────────────────────────────────────────────────────────────────────

    async def remove_objects(self, keys: Sequence[str]) -> None:
        """They are removed soon; the database says so itself of the pictures whose rows go."""
        if keys:
            values = [{"key": key, "removed_at": func.now()} for key in keys]
            await self._session.execute(insert(_Removed).values(values).on_conflict_do_nothing())

    async def removed_objects(self, age: timedelta, limit: int) -> list[str]:
        """Those that nobody has needed for ``age``, by the database's clock, which wrote the times."""
        due = _Removed.removed_at <= func.now() - age
        statement = select(_Removed.key).where(due).order_by(_Removed.removed_at).limit(limit)
        return list((await self._session.execute(statement)).scalars())

    async def forget_objects(self, keys: Sequence[str]) -> None:
        """They are gone."""
        await self._session.execute(delete(_Removed).where(_Removed.key.in_(keys)))
