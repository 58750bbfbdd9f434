"""A worker dies by SIGKILL at every stage; every job ends, and once."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select
from tests.conftest import OwnSettings, Sessions
from tests.support import processes
from tests.support.client import Person
from tests.support.pictures import new_photo
from tests.support.platform import Platform, environment, running

from bunri.app.settings import Settings
from bunri.domains.waste.models import JobRow, outbox

STAGES = (
    "download",
    "hash",
    "cache",
    "preprocess",
    "vision",
    "fuse",
    "explain",
    "send",
    "advice",
    "advised",
    "check",
    "locations",
    "announce",
)
QUICK = {
    "BUNRI_WASTE__LEASE": "PT1S",
    "BUNRI_WASTE__QUEUE_PATIENCE": "PT3S",
    "BUNRI_WASTE__EXPLAIN_LEASE": "PT3S",
}


class Mortals:
    """Mortal workers of both queues, started again as often as they die."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._folder = folder
        self._env = environment(settings, **QUICK)
        self._ending = threading.Event()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._threads = [threading.Thread(target=self._keep, args=(queue,)) for queue in ("waste", "recycling,default")]
        for thread in self._threads:
            thread.start()

    def _keep(self, queue: str) -> None:
        command = [sys.executable, "-m", "tests.faults.mortal", queue, str(self._folder)]
        while not self._ending.is_set():
            self._running[queue] = processes.start(command, env=self._env, log=self._folder / f"{queue}.log")
            self._running[queue].wait()
            processes.REAPER.forget(self._running[queue])

    def stop(self) -> None:
        self._ending.set()
        for process in self._running.values():
            process.terminate()
        for thread in self._threads:
            thread.join(30)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def settings(own_settings: OwnSettings) -> Settings:
    """No other worker shall take these jobs."""
    return await own_settings()


@pytest.fixture(scope="module")
def platform(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    logs = tmp_path_factory.mktemp("logs")
    with running(settings, "single", logs, workers=False, **QUICK) as started:
        started.start("beat", ["beat"], environment(settings, **QUICK), logs / "beat.log")
        yield started


@pytest.mark.timeout(300)
async def test_every_job_ends_once_wherever_its_worker_dies(
    platform: Platform, settings: Settings, tmp_path: Path, session_of: Sessions
) -> None:
    person = Person.arrives(platform)
    jobs = {}
    for stage in STAGES:
        photo = new_photo()
        jobs[stage] = person.begins(photo)
        person.uploads(jobs[stage], photo)
        assert person.completes(jobs[stage], note=f"die:{stage}").status_code == 200
    mortals = Mortals(settings, tmp_path)
    try:
        ended = {stage: person.waits(job, within=200)["status"] for stage, job in jobs.items()}
        await _have_died(tmp_path)
    finally:
        mortals.stop()
    assert set(ended.values()) <= {"done", "asked"}
    async with session_of("waste") as session:
        rows = (await session.execute(select(JobRow).where(JobRow.owner == person.id))).scalars().all()
        assert all(row.result is not None and row.lease_until is None for row in rows)
        left = (await session.execute(select(outbox))).all()
        assert [
            row for row in left if row.payload.get("reference") in {str(job["job_id"]) for job in jobs.values()}
        ] == []


async def _have_died(marks: Path) -> None:
    """A job may end before the worker that wrote its advice has died: the answer is on its way by then, or the job,
    whose lease ran out on a slow machine, was given the built-in advice while its request still stood in the queue."""
    for _ in range(600):
        if _died_at(marks) == set(STAGES):
            return
        await asyncio.sleep(0.1)
    assert _died_at(marks) == set(STAGES)


def _died_at(marks: Path) -> set[str]:
    return {mark.name for mark in marks.iterdir() if mark.suffix != ".log"}
