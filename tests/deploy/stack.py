"""An installation by Compose, as an operator makes it."""

import json
import os
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from tests.conftest import SHARED
from tests.deploy.engine import ROOT, CommandFailed, Engine
from tests.support.client import Person
from tests.support.pictures import new_photo
from tests.support.platform import Platform, free_port

from bunri.app.deployment.initial import write_initial

WEIGHTS = SHARED / "models/yolox_nano.onnx"
CORES = 8
"""With fewer, a score of processes that start at once keep each other from it."""


@dataclass
class Stack:
    engine: Engine
    name: str
    """Of the Compose file."""
    folder: Path
    """With ``.env`` and ``secrets/``."""
    url: str
    variables: dict[str, str]
    overlays: Sequence[str] = ()
    trusted: ssl.SSLContext | None = None
    """Where it answers by TLS."""
    up_s: float = 0

    @cached_property
    def platform(self) -> Platform:
        return Platform({"/": self.url}, http=httpx.Client(timeout=20, verify=self.trusted or True))

    def compose(self, *words: str) -> str:
        files = [word for name in (self.name, *self.overlays) for word in ("-f", f"{ROOT}/deploy/compose/{name}.yaml")]
        where = ["--env-file", str(self.folder / ".env")]
        return self.engine.compose(*files, *where, *words, timeout=900, **self.variables)

    def up(self, groups: Sequence[Sequence[str]] = ()) -> None:
        """Returns when all are healthy."""
        wait = ("up", "-d", "--wait", "--wait-timeout", "600")
        self.compose(*wait, *(groups[0] if groups else ()))
        for group in groups[1:]:
            self.compose(*wait, "--no-deps", *group)

    def containers(self) -> list[dict[str, Any]]:
        """Those that run, as ``docker inspect`` has them."""
        ids = self.compose("ps", "-q").split()
        found: list[dict[str, Any]] = json.loads(self.engine.docker("inspect", *ids))
        return found

    def container(self, service: str) -> str:
        return self.compose("ps", "-q", service).split()[0]


def sends_a_photo(site: Stack) -> None:
    """Somebody's photo is uploaded to the store behind the gateway, and becomes an answer."""
    person, photo = Person.arrives(site.platform), new_photo()
    job = person.begins(photo)
    assert job["upload_url"].startswith(f"{site.url}/bunri/uploads/")
    assert person.uploads(job, photo).status_code == 200
    assert person.completes(job).status_code == 200
    assert person.waits(job, within=120)["status"] in ("done", "asked")


def plan(engine: Engine, image: str, name: str, folder: Path, url: str | None = None) -> Stack:
    """``deploy init``, and what Compose is to know beside it."""
    url = url or f"http://127.0.0.1:{free_port()}"
    write_initial(folder, url)
    env = folder / ".env"
    env.write_text(env.read_text().replace("BUNRI_IMAGE=bunri:latest", f"BUNRI_IMAGE={image}"))
    stores = {} if name == "detect" else engine.stores(image)
    where = {"ENV_FILE": str(env), "SECRETS": str(folder / "secrets"), "WASTE_WORKERS": "1"}
    return Stack(engine, name, folder, url, {**stores, **where})


@contextmanager
def running(stack: Stack, few_cores: Sequence[Sequence[str]] = ()) -> Iterator[Stack]:
    """The weights where they cannot be fetched, and ``up --wait``: of everything at once, or where there are few cores,
    of ``few_cores`` one group after the other. Taken down with its volumes."""
    try:
        if WEIGHTS.is_file():
            put = ["-v", f"{WEIGHTS}:/tmp/yolox_nano.onnx:ro", "weights", "bunri models add /tmp/yolox_nano.onnx"]
            stack.compose("run", "--rm", "--no-deps", "-T", *put)
        started = time.monotonic()
        try:
            stack.up(few_cores if (os.cpu_count() or 1) < CORES else ())
        except CommandFailed as error:
            raise CommandFailed(f"{error}\n{stack.compose('logs', '--tail', '20')}") from None
        stack.up_s = time.monotonic() - started
        yield stack
    finally:
        stack.platform.http.close()
        stack.compose("down", "-v", "--timeout", "5")
