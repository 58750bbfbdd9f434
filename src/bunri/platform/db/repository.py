"""What every domain's repository can do beside its own statements."""

from typing import ClassVar

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from bunri.kit.events import Event
from bunri.platform.db.after_commit import Callback, after_commit
from bunri.platform.db.outbox import Outbox


class Repository:
    """The statements of one domain within one transaction. It gives frozen values away, never a live row."""

    outbox: ClassVar[Table]
    """The schema's outbox, where the domain has one."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add_event(self, event: Event) -> None:
        """Puts ``event`` into the outbox of this transaction: subscribers are told after the commit, at least once."""
        await Outbox(self._session, self.outbox).add(event)

    def after_commit(self, callback: Callback) -> None:
        """Calls ``callback`` once this transaction has been committed; it may be lost with the process."""
        after_commit(self._session, callback)
