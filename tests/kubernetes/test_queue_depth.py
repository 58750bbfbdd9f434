"""What KEDA asks Valkey for, on a real one: the length of Celery's list, as a user that may ask nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError
from tests.support.kubernetes import FOLDER, rendered

from bunri.app.settings import Settings
from bunri.platform.embedded.servers import EmbeddedServers
from bunri.platform.queue.celery import make_celery

DEPTH = """
local kind = redis.call('type', KEYS[1]).ok
if kind == 'list' or kind == 'none' then return redis.call('llen', KEYS[1]) end
"""
"""KEDA's scaler for Redis lists looks what the key is, then how long, in one script."""
PASSWORD = "a password of this test"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder: Path = tmp_path_factory.mktemp("valkey")
    servers = EmbeddedServers(folder, postgres=False, what="pytest")
    yield Settings(data=folder, valkey_url=servers.start().valkey_url)
    servers.stop()


@pytest.fixture
def keda(settings: Settings) -> Redis:
    """A connection as KEDA makes it: the user of valkey.acl, and the number that the trigger names."""
    (trigger,) = (each for each in triggers() if each["type"] == "redis")
    kind, name, *rules = (FOLDER / "components/keda/valkey.acl").read_text().split()
    assert kind == "user"
    owner: Any = Redis.from_url(str(settings.valkey_url))
    owner.execute_command("ACL", "SETUSER", name, *(rule.replace(">PASSWORD", f">{PASSWORD}") for rule in rules))
    address = urlsplit(str(settings.valkey_url))
    return Redis(
        host=str(address.hostname),
        port=address.port or 0,
        username=name,
        password=PASSWORD,
        db=int(trigger["metadata"]["databaseIndex"]),
    )


def triggers() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rendered("district").of("ScaledObject")[0]["spec"]["triggers"]
    return found


def test_it_reads_how_many_photos_wait(settings: Settings, keda: Redis) -> None:
    (trigger,) = (each for each in triggers() if each["type"] == "redis")
    queue = trigger["metadata"]["listName"]
    assert keda.eval(DEPTH, 1, queue) == 0
    with make_celery(settings.cache_address("broker")) as celery:
        for _ in range(7):
            celery.send_task("waste.see", args=({},), queue=queue, ignore_result=True)
    assert keda.ping()
    assert keda.eval(DEPTH, 1, queue) == 7


def test_it_reads_no_message_and_no_other_key(keda: Any) -> None:
    for command in (("LRANGE", "waste", "0", "-1"), ("DEL", "waste"), ("GET", "anything"), ("KEYS", "*")):
        with pytest.raises(NoPermissionError):
            keda.execute_command(*command)
    with pytest.raises(NoPermissionError):
        keda.eval(DEPTH, 1, "default")


def test_its_password_comes_from_a_secret() -> None:
    (given,) = rendered("district").of("TriggerAuthentication")
    (trigger,) = (each for each in triggers() if each["type"] == "redis")
    assert trigger["authenticationRef"] == {"name": given["metadata"]["name"]}
    assert {each["parameter"]: each["name"] for each in given["spec"]["secretTargetRef"]} == {
        "address": "keda-valkey",
        "username": "keda-valkey",
        "password": "keda-valkey",
    }
