"""Processes as their pods start them, on real servers, asked what the kubelet would ask them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from sqlalchemy.engine import make_url
from tests.support import processes
from tests.support.kubernetes import Document, container, environment, key, rendered
from tests.support.platform import free_port

from bunri.app.settings import Settings

HEALTH: Final = Path(__file__).parents[2] / "deploy" / "health.py"
PODS: Final = (("default-worker", "bunri-shared"), ("beat", "bunri-shared"), ("auth", "bunri-auth"))
"""What `/ready` of auth looks for: the common queue, and who sends its heartbeats."""
PATIENCE_S: Final = 90.0


class Pod:
    """A process with the words, variables and probes of a Deployment; its folders and ports are this test's."""

    def __init__(self, deployment: Document, folder: Path, secrets: Path) -> None:
        self.name, namespace = key(deployment)
        self._own = container(deployment)
        self._folder = folder
        self._paths = {"/run/secrets/bunri": str(secrets), "/tmp/alive": str(folder / "alive"), "0.0.0.0": "127.0.0.1"}
        ports = [str(port["containerPort"]) for port in self._own.get("ports", [])]
        self._port = free_port()
        self._paths |= dict.fromkeys(ports, str(self._port))
        (source,) = self._own["envFrom"]
        settings = rendered("district").named("ConfigMap", source["configMapRef"]["name"], namespace)["data"]
        given = {name: self._here(value) for name, value in {**settings, **environment(deployment)}.items()}
        outside = {name: value for name, value in os.environ.items() if not name.startswith("BUNRI_")}
        env = {**outside, **given, "BUNRI_DATA": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "bunri", *map(self._here, self._own["args"])]
        self.process = processes.start(command, env=env, log=folder / "log")

    def _here(self, value: str) -> str:
        for there, here in self._paths.items():
            value = value.replace(there, here)
        return value

    def answers(self, probe: str) -> bool:
        asked = self._own[f"{probe}Probe"]
        if "exec" in asked:
            program, *options, file = map(self._here, asked["exec"]["command"])
            assert program == "python3"
            words = [str(HEALTH) if word.endswith("health.py") else word for word in options]
            return subprocess.run([sys.executable, *words, file], capture_output=True, check=False).returncode == 0
        try:
            url = f"http://127.0.0.1:{self._port}{asked['httpGet']['path']}"
            return httpx.get(url, timeout=asked["timeoutSeconds"]).status_code < 400
        except httpx.HTTPError:
            return False

    def becomes(self, probe: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while not self.answers(probe):
            log = (self._folder / "log").read_text()[-2000:]
            assert self.process.poll() is None, f"{self.name} ended: {log}"
            assert time.monotonic() < until, f"{self.name} did not answer the {probe} probe: {log}"
            time.sleep(0.5)


@pytest.fixture(scope="module")
def pods(platform_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Pod]]:
    secrets = tmp_path_factory.mktemp("secrets")
    assert platform_settings.secret
    database = make_url(str(platform_settings.database_url))._replace(username="bunri_login", password=None)
    (secrets / "secret").write_text(platform_settings.secret.get_secret_value())
    (secrets / "database_url").write_text(database.render_as_string())
    (secrets / "valkey_url").write_text(str(platform_settings.valkey_url))
    (secrets / "storage_url").write_text(tmp_path_factory.mktemp("objects").as_uri())
    (secrets / "metrics_token").write_text("a token of this test")
    started: dict[str, Pod] = {}
    try:
        for name, namespace in PODS:
            deployment = rendered("district").named("Deployment", name, namespace)
            started[name] = Pod(deployment, tmp_path_factory.mktemp(name), secrets)
        yield started
    finally:
        processes.stop(*(pod.process for pod in started.values()))


@pytest.mark.parametrize("name", [name for name, _ in PODS])
def test_it_starts_is_ready_and_lives(pods: dict[str, Pod], name: str) -> None:
    for probe in ("startup", "readiness", "liveness"):
        pods[name].becomes(probe)


def test_a_worker_that_stands_still_is_neither_ready_nor_alive_until_it_goes_on(pods: dict[str, Pod]) -> None:
    worker = pods["default-worker"]
    worker.becomes("readiness")
    worker.process.send_signal(signal.SIGSTOP)
    try:
        assert not worker.answers("readiness")
        assert not worker.answers("liveness")
    finally:
        worker.process.send_signal(signal.SIGCONT)
    worker.becomes("readiness")
    worker.becomes("liveness")
