"""The table of targets, and the subscriptions: nothing is owned twice, nothing is forgotten."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from tests.support.platform import free_port

from bunri.app.house import House
from bunri.app.settings import Settings
from bunri.app.subscriptions import ROUTES, SCHEDULE
from bunri.app.targets import DOMAINS, QUEUES, TARGETS, QueueUnknown, TargetUnknown, known, target
from bunri.app.worker import furnish
from bunri.platform.queue import InlinePublisher


class TestTargets:
    def test_every_prefix_queue_and_domain_has_one_owner(self) -> None:
        for owned in ("prefixes", "queues", "domains"):
            found = [name for one in TARGETS for name in getattr(one, owned)]
            assert len(found) == len(set(found))

    def test_no_prefix_hides_another(self) -> None:
        prefixes = [prefix for one in TARGETS for prefix in one.prefixes]
        assert not [(a, b) for a in prefixes for b in prefixes if a != b and (a + "/").startswith(b + "/")]

    def test_all_is_everything(self) -> None:
        assert set(target("all").domains) == {domain for one in TARGETS for domain in one.domains}
        assert set(target("all").queues) == set(QUEUES)

    def test_a_domain_has_a_schema_when_its_target_needs_the_database(self) -> None:
        assert "locations" in DOMAINS
        assert "detection" not in DOMAINS

    def test_an_unknown_name_is_refused_with_the_known_ones(self) -> None:
        with pytest.raises(TargetUnknown) as raised:
            target("wast")
        assert "waste" in str(raised.value.data["known"])
        with pytest.raises(QueueUnknown):
            known(["mail"])


async def test_every_route_ends_at_a_handler_that_understands_it(settings: Settings) -> None:
    house = House(settings, InlinePublisher(ROUTES))
    handlers = {each.name: each for each in furnish(house, QUEUES)}
    await house.close()
    assert {(route.task, topic) for topic, routes in ROUTES.items() for route in routes} == {
        (each.name, each.takes) for each in handlers.values() if each.takes
    }
    timed = {one.route.task for one in SCHEDULE if not one.route.task.startswith("canary.")}
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
