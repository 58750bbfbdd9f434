"""What is measured: ``bunri up``, started for it, or an installation by Compose on this machine that runs already."""

import asyncio
import os
import re
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple, Protocol

import asyncpg

from bench import product
from bench.capacity.parts import SERVICE, Container, ContainerParts, Parts, ProcessParts, containers
from bench.product import Product

URL: Final = "CAPACITY_URL"
"""Where people reach the installation by Compose. Not BUNRI_…: it is no setting of the product."""
PROJECT: Final = "CAPACITY_PROJECT"
WORKERS: Final = 2
"""Of ``bunri up``."""
_PROJECT_LABEL: Final = "com.docker.compose.project"
_USED: Final = """
select (select sum(xact_commit) from pg_stat_database)::bigint, pg_current_wal_lsn() - '0/0'::pg_lsn,
    (select count(*) from pg_stat_activity where backend_type = 'client backend')
"""
_METRICS: Final = """
from pathlib import Path
from urllib.request import Request, urlopen
token = Path("/run/secrets/metrics_token").read_text().strip()
asked = Request("http://127.0.0.1:9101/metrics", headers={"Authorization": f"Bearer {token}"})
print(urlopen(asked).read().decode())
"""
"""Within a container of ``full.yaml``, whose ``/metrics`` want the installation's token."""
_LOOKING: Final = re.compile(r'^bunri_task_seconds_(sum|count)\{task="waste.see"\} (\S+)$', re.MULTILINE)


class Looking(NamedTuple):
    """What waste workers have done so far."""

    seconds: float
    photos: float


class DatabaseUse(NamedTuple):
    """What PostgreSQL has done so far, and who is connected."""

    commits: int
    wal_bytes: int
    connections: int


class Installation(Protocol):
    url: str
    parts: Parts
    workers: int
    """That look at photos, one at a time each."""

    def looking(self) -> Looking: ...

    def database(self) -> DatabaseUse: ...


def looking_of(metrics: str) -> Looking:
    """From what ``/metrics`` says; all zero before the first photo."""
    told = {name: float(value) for name, value in _LOOKING.findall(metrics)}
    return Looking(told.get("sum", 0.0), told.get("count", 0.0))


@contextmanager
def installation(sockets: int) -> Iterator[Installation]:
    """The one that CAPACITY_URL names, otherwise one of our own that lets so many ``sockets`` in."""
    url = os.environ.get(URL)
    if url:
        yield Compose(url.rstrip("/"), os.environ.get(PROJECT, "bunri"))
        return
    bounds = {**product.BOUNDS, "BUNRI_HTTP__SOCKETS_PER_ADDRESS": str(sockets + 100)}
    with product.running(workers=WORKERS, bounds=bounds) as running:
        yield Up(running)


class Up:
    """``bunri up``."""

    def __init__(self, running: Product) -> None:
        self.url = running.url
        self.parts: Parts = ProcessParts(running.process)
        self.workers = WORKERS
        self._database = str(product.settings(running.data).database_url)

    def looking(self) -> Looking:
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=10) as answer:  # our own address
            return looking_of(answer.read().decode())

    def database(self) -> DatabaseUse:
        return asyncio.run(self._asked())

    async def _asked(self) -> DatabaseUse:
        owner = await asyncpg.connect(self._database)
        try:
            return DatabaseUse(*map(int, await owner.fetchrow(_USED)))
        finally:
            await owner.close()


class Compose:
    """An installation whose containers run on this machine: their control groups are read. Raises RuntimeError where
    there are none."""

    def __init__(self, url: str, project: str) -> None:
        ids = _docker("ps", "-q", "--no-trunc", "--filter", f"label={_PROJECT_LABEL}={project}").split()
        if not ids:
            raise RuntimeError(f"no container of the Compose project {project!r} runs here ({PROJECT} names another)")
        found = containers(_docker("inspect", *ids))
        self.url = url
        self.parts: Parts = ContainerParts(found)
        self._workers = _of(found, "waste-worker")
        self._postgres = _of(found, "postgres")[0]
        self.workers = len(self._workers)

    def looking(self) -> Looking:
        """Asked from within each worker, whose port is not published."""
        told = [looking_of(_docker("exec", each.id, "python3", "-IS", "-c", _METRICS)) for each in self._workers]
        return Looking(sum(each.seconds for each in told), sum(each.photos for each in told))

    def database(self) -> DatabaseUse:
        said = _docker(
            "exec", self._postgres.id, "psql", "-h", "/var/run/postgresql", "-U", "bunri", "-AtF", " ", "-c", _USED
        )
        return DatabaseUse(*map(int, said.split()))


def _of(found: Sequence[Container], service: str) -> list[Container]:
    """Raises RuntimeError where there is none."""
    mine = [each for each in found if each.service == service]
    if not mine:
        raise RuntimeError(f"the installation has no service {service!r} ({SERVICE})")
    return mine


def _docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(f"docker {words[0]}: {done.stderr.strip()[-500:]}")
    return done.stdout
