"""The registry of modules: nothing is owned twice, nothing is forgotten, nothing unsound is accepted."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tests.support.platform import free_port

from bunri.app.inline import InlineContainer
from bunri.app.module import Queue, Schedule
from bunri.app.registry import MODULES, REGISTRY, QueueUnknown, Registry, RegistryUnsound, TargetUnknown
from bunri.app.settings import Settings
from bunri.app.worker import handlers_of


class TestTargets:
    def test_no_prefix_hides_another(self) -> None:
        prefixes = REGISTRY.target("all").prefixes
        assert not [(a, b) for a in prefixes for b in prefixes if a != b and (a + "/").startswith(b + "/")]

    def test_all_is_everything(self) -> None:
        everything = REGISTRY.target("all")
        assert set(everything.domains) == {domain for one in REGISTRY.targets for domain in one.domains}
        assert set(everything.queues) == set(REGISTRY.queues)
        assert everything.siblings == ()

    def test_the_needs_of_a_target_follow_from_its_modules(self) -> None:
        assert set(REGISTRY.target("waste").needs) == {
            *("database", "jobs", "sessions", "common", "broker", "storage"),
            *("recycling", "locations", "users"),
        }
        assert REGISTRY.target("detect").needs == ()
        assert [target.name for target in REGISTRY.targets if target.stands_alone] == ["detect"]

    def test_an_unknown_name_is_refused_with_the_known_ones(self) -> None:
        with pytest.raises(TargetUnknown) as raised:
            REGISTRY.target("wast")
        assert "waste" in str(raised.value.data["known"])
        with pytest.raises(QueueUnknown):
            REGISTRY.check_queues(["mail"])


class TestSoundness:
    """What cannot work is refused at the start, with a sentence."""

    def test_a_name_twice(self) -> None:
        with pytest.raises(RegistryUnsound, match="domain auth"):
            Registry((*MODULES, MODULES[0]))

    def test_a_queue_twice(self) -> None:
        first = replace(MODULES[0], queues=(Queue("default", 1),))
        with pytest.raises(RegistryUnsound, match="queue default"):
            Registry((first, *MODULES[1:]))

    def test_a_task_that_comes_twice(self) -> None:
        twice = (Schedule("auth.dream", "default", 60), Schedule("auth.dream", "default", 30))
        with pytest.raises(RegistryUnsound, match=r"scheduled task auth\.dream"):
            Registry((replace(MODULES[0], schedule=twice), *MODULES[1:]))

    def test_a_dependency_that_is_not_there(self) -> None:
        with pytest.raises(RegistryUnsound, match="depends on songs"):
            Registry((replace(MODULES[0], depends_on=("songs",)), *MODULES[1:]))

    def test_a_dependency_without_a_public_protocol(self) -> None:
        with pytest.raises(RegistryUnsound, match="no public Protocol"):
            Registry((replace(MODULES[0], depends_on=("detection",)), *MODULES[1:]))

    def test_a_task_in_no_queue(self) -> None:
        with pytest.raises(RegistryUnsound, match="waits in night"):
            Registry((replace(MODULES[0], schedule=(Schedule("auth.dream", "night", 60),)), *MODULES[1:]))


async def test_every_route_ends_at_a_handler_that_understands_it(settings: Settings) -> None:
    container = InlineContainer(settings)
    found = handlers_of(container, REGISTRY, list(REGISTRY.queues))
    await container.close()
    handlers = {each.name: each for each in found}
    assert len(handlers) == len(found)  # the same task twice is a warning of Celery's at each start
    assert {(route.task, topic) for topic, routes in REGISTRY.routes.items() for route in routes} == {
        (each.name, each.takes) for each in handlers.values() if each.takes
    }
    timed = {one.task for one in REGISTRY.schedule if not one.task.startswith("heartbeat.")}
    assert timed == {each.name for each in handlers.values() if each.takes is None}


def test_a_target_without_needs_is_served_without_servers_or_a_secret(tmp_path: Path) -> None:
    port = free_port()
    words = ["serve", "--target", "detect", "--port", str(port), "--data", str(tmp_path)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("BUNRI_")}
    serving = subprocess.Popen([sys.executable, "-m", "bunri", *words], env=environment, cwd=tmp_path)
    try:
        answer = _answered(f"http://127.0.0.1:{port}/ready", serving)
    finally:
        serving.terminate()
        serving.wait(20)
    assert list(answer["parts"]) == ["detection"]
    assert not [path.name for path in tmp_path.iterdir() if path.name != "playground"]


def _answered(url: str, process: subprocess.Popen[bytes]) -> dict[str, dict[str, object]]:
    while process.poll() is None:
        try:
            found: dict[str, dict[str, object]] = httpx.get(url, timeout=10).json()
            return found
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("it ended")
