"""Ending tasks of an event loop."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

_AGAIN_AFTER_S: Final = 0.2


async def cancel_all(tasks: Sequence["asyncio.Future[Any]"], within_s: float = 5.0) -> None:
    """Cancels ``tasks`` and waits for their end. A library may swallow a cancellation (redis does while it connects),
    so it is asked for again until it is heard, but not for longer than ``within_s`` seconds."""
    loop = asyncio.get_running_loop()
    until, pending = loop.time() + within_s, set(tasks)
    while pending and loop.time() < until:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_AGAIN_AFTER_S)
