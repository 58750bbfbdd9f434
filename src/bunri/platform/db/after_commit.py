"""What is told only once a transaction has been committed, and may be lost: pushes to sockets, caches.

What must survive a crash is a row, or an event in the outbox (outbox.py).
"""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

log = structlog.get_logger(__name__)

Callback = Callable[[], Awaitable[object]]
_KEY: Final = "bunri.after_commit"


def after_commit(session: AsyncSession, callback: Callback) -> None:
    """Calls ``callback`` when the transaction of ``session`` has been committed; never when it is rolled back."""
    session.info.setdefault(_KEY, []).append(callback)


async def run_after_commit(session: AsyncSession) -> None:
    """Runs the callbacks in their order. A failing one is logged: the work is done and must not look undone."""
    for callback in session.info.pop(_KEY, ()):
        try:
            await callback()
        except Exception:
            log.exception("after_commit.failed")
