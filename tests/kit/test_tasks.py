"""Ending tasks that do not listen at once."""

import asyncio
import contextlib

from bunri.kit.tasks import cancel_all


async def test_a_swallowed_cancellation_is_asked_for_again() -> None:
    async def deaf() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await cancel_all([task])
    assert task.cancelled()


async def test_nothing_to_cancel_is_nothing_to_wait_for() -> None:
    await cancel_all([])
