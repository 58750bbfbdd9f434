"""Several workers of one queue, as processes. None may say that it is ready because of what another one does."""

import asyncio
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from redis import Redis
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import create_async_engine
from tests.conftest import OwnSettings
from tests.support import processes
from tests.support.platform import environment, free_port

from bunri.app.settings import Settings
from bunri.platform.db.address import owner_address
from bunri.platform.queue.celery import OWN_TASK, make_celery

QUEUE: Final = "default"
NUMBER: Final = 5
PATIENCE_S: Final = 120.0
IMPATIENT: Final = """
from datetime import timedelta
from bunri.app import heartbeats
from bunri.platform.queue import watchdog
heartbeats.TTL = timedelta(seconds=5)
watchdog.SILENT_AFTER_S, watchdog._LOOK_EVERY_S = 20.0, 0.5
from bunri.cli import main
main()
"""
"""The command ``bunri`` with shorter times."""


class Worker:
    def __init__(self, settings: Settings, log: Path) -> None:
        self.port, self.log = free_port(), log
        words = ["work", "--queue", QUEUE, "--concurrency", "1", "--port", str(self.port)]
        self.process = processes.start([sys.executable, "-c", IMPATIENT, *words], env=environment(settings), log=log)

    def ready(self) -> bool:
        try:
            return self._get("ready").status_code == 200
        except httpx.HTTPError:
            return False

    def came(self) -> int:
        """How many of the messages that it sent itself it has worked on."""
        try:
            text = self._get("metrics").text
        except httpx.HTTPError:
            return 0
        found = re.search(rf'bunri_tasks_total{{outcome="done",task="{OWN_TASK}"}} (\d+)', text)
        return int(found[1]) if found else 0

    def _get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}/{path}", timeout=2)


@pytest.fixture(scope="module")
async def settings(own_settings: OwnSettings) -> Settings:
    return await own_settings()


@pytest.fixture(scope="module")
def workers(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Worker]]:
    """Idle ones: there is no beat."""
    logs = tmp_path_factory.mktemp("logs")
    started = [Worker(settings, logs / f"{number}.log") for number in range(NUMBER)]
    try:
        yield started
    finally:
        processes.stop(*(worker.process for worker in started))


def until(holds: Callable[[], bool], workers: list[Worker]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            ready = [worker.ready() for worker in workers]
            raise AssertionError(f"ready: {ready}\n" + "\n".join(worker.log.read_text()[-2000:] for worker in workers))
        time.sleep(0.2)


def all_ready(workers: list[Worker]) -> bool:
    return all(worker.ready() for worker in workers)


def test_idle_ones_are_all_ready_and_stay_so(workers: list[Worker]) -> None:
    until(lambda: all_ready(workers), workers)
    before = [worker.came() for worker in workers]
    enough = 3  # much more than what a start may have brought
    until(lambda: all(worker.came() > was + enough for worker, was in zip(workers, before, strict=True)), workers)
    until(lambda: all_ready(workers), workers)


def test_one_that_stands_still_is_not_ready_and_the_others_are(workers: list[Worker]) -> None:
    until(lambda: all_ready(workers), workers)
    stopped, *others = workers
    stopped.process.send_signal(signal.SIGSTOP)
    try:
        until(lambda: not stopped.ready() and all_ready(others), workers)
    finally:
        stopped.process.send_signal(signal.SIGCONT)
    until(lambda: all_ready(workers), workers)


@contextmanager
def held_up(settings: Settings) -> Iterator[None]:
    """Nobody gets at the classes meanwhile."""
    taken, done = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        engine = create_async_engine(owner_address(str(settings.database_url)))
        async with engine.begin() as connection:
            await connection.execute(sql("lock table learning.classes in access exclusive mode"))
            taken.set()
            await done.wait()
        await engine.dispose()

    with asyncio.Runner() as runner:
        holding = runner.get_loop().create_task(hold())
        runner.run(taken.wait())
        try:
            yield
        finally:
            done.set()
            runner.get_loop().run_until_complete(holding)


def test_one_whose_threads_all_hang_is_not_ready_and_the_others_are(workers: list[Worker], settings: Settings) -> None:
    until(lambda: all_ready(workers), workers)
    celery = make_celery(settings.cache_address("broker"))
    with held_up(settings):
        celery.send_task("learning.end_classes", args=({},), queue=QUEUE, ignore_result=True)
        until(lambda: [worker.ready() for worker in workers].count(False) == 1, workers)
    until(lambda: all_ready(workers), workers)
    celery.close()


def test_one_that_gets_nothing_any_more_is_not_ready_and_ends_itself(workers: list[Worker], settings: Settings) -> None:
    """Celery's consumer of one is told to read nothing, as after a fault of its connection: the others go on."""
    until(lambda: all_ready(workers), workers)
    address = settings.cache_address("broker")
    celery, broker = make_celery(address), Redis.from_url(address, decode_responses=True)
    name = str(next(broker.scan_iter("_kombu.binding.worker.*"))).removeprefix("_kombu.binding.")
    celery.control.cancel_consumer(name)
    until(lambda: any(worker.process.poll() is not None for worker in workers), workers)
    [lost] = [worker for worker in workers if worker.process.poll() is not None]
    assert lost.process.returncode == 70
    assert "worker.lost_its_queue" in lost.log.read_text()
    until(lambda: all_ready([worker for worker in workers if worker is not lost]), workers)
    celery.close()
    broker.close()
