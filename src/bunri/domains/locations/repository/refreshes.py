"""The SQL statements of pulls that come by themselves."""

from datetime import datetime

from sqlalchemy import and_, func, or_, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.locations.models import RefreshRow
from bunri.platform.db import Repository


class RefreshRepository(Repository):
    async def claim_refresh(self, dataset: str, region: str, now: datetime, tried: datetime, came: datetime) -> bool:
        """Notes that ``dataset`` is pulled in ``region`` now. False when it was tried after ``tried`` or came after
        ``came``: of several workers that ask at once, one is told True."""
        statement = insert(RefreshRow).values(dataset=dataset, region=region, tried_at=now)
        due = and_(RefreshRow.tried_at <= tried, or_(RefreshRow.came_at.is_(None), RefreshRow.came_at <= came))
        claimed = statement.on_conflict_do_update(
            index_elements=["dataset", "region"], set_={"tried_at": func.greatest(RefreshRow.tried_at, now)}, where=due
        )
        return bool((await self._session.scalars(claimed.returning(RefreshRow.dataset))).all())

    async def note_refresh(self, dataset: str, region: str, now: datetime) -> None:
        """All of it came."""
        where = (RefreshRow.dataset == dataset, RefreshRow.region == region)
        await self._session.execute(update(RefreshRow).where(*where).values(came_at=now))
