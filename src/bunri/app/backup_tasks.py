"""Backups by themselves: beat asks every few minutes, and a worker runs ``bunri backup run``, which knows what is due.

It is a process of its own: what it loads and holds goes with it, and PostgreSQL's programs are its children. It has the
rights of a worker (docs/decisions/0028-backups.md).
"""

import asyncio
import signal
import sys
from collections.abc import Sequence
from typing import Any, Final

import structlog

from bunri.app.module import Schedule
from bunri.app.registry import DEFAULT_QUEUE
from bunri.app.settings import Settings
from bunri.platform.embedded.reaper import ChildReaper
from bunri.platform.queue import Handler

log = structlog.get_logger(__name__)

TASK: Final = "backup.run"
EVERY_S: Final = 600.0
EVERY_WITH_LOG_S: Final = 300.0
_STDERR: Final = 2
"""The real one: in a worker ``sys.stderr`` is Celery's, and no file."""
COMMAND: Final = (sys.executable, "-m", "bunri", "backup", "run")


def backup_schedule(settings: Settings) -> tuple[Schedule, ...]:
    """None where there is no place for backups."""
    if settings.backup.target is None:
        return ()
    return (Schedule(TASK, DEFAULT_QUEUE.name, EVERY_WITH_LOG_S if settings.backup.wal else EVERY_S),)


def backup_handlers(settings: Settings, queues: Sequence[str], command: Sequence[str] = COMMAND) -> list[Handler]:
    if settings.backup.target is None or DEFAULT_QUEUE.name not in queues:
        return []
    running = asyncio.Lock()

    async def run(*_: object) -> None:
        if running.locked():  # the last one takes longer than the time between two
            return
        async with running:
            await asyncio.to_thread(_run, command)

    return [Handler(TASK, run, None)]


def _run(command: Sequence[str]) -> int:
    """It ends when the worker ends, and what it has begun is then as if it had not been."""
    reaper = ChildReaper()
    process: Any = reaper.spawn(command, death_signal=signal.SIGTERM, output=_STDERR)
    try:
        status: int = process.wait()
    finally:
        reaper.forget(process)
        reaper.close()
    if status:
        log.warning("backup.run_failed", exit_status=status)
    return status
