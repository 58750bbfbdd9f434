"""Targets in processes of their own: people notice neither one that dies nor one that is replaced."""

import asyncio
import itertools
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from tests.app.test_chat import CHAT, Neighbour
from tests.deploy.engine import ROOT
from tests.deploy.stack import Stack
from tests.support.client import Person
from tests.support.pictures import new_photo

from bunri.kit.ids import new_id

COMPOSE = "full"
FEW_CORES = (
    ("web-1",),
    ("auth-1", "auth-2", "users"),
    ("chat-1", "chat-2"),
    ("waste-1", "waste-2"),
    ("recycling-1", "locations"),
    ("--scale=recycling-worker=1", "--scale=worker=1", "waste-worker", "recycling-worker", "worker", "beat"),
    ("web-2", "nginx"),
)
"""All but the second process for recycling, and those of learning and detect, for which the web app's stand in."""
ROLL = str(ROOT / "deploy/compose/roll.sh")
REQUESTS = 200


async def test_neighbours_on_two_back_ends_hear_each_other(site: Stack) -> None:
    people = [
        await asyncio.to_thread(Person.arrives, site.platform, name)
        for name in ("초록이", "파랑이", "노랑이", "하양이")
    ]
    neighbours = [await Neighbour(person).connect() for person in people]
    try:
        room = people[0].ask("POST", f"{CHAT}/rooms", json={"name": "우리 동네", "kind": "public"}).json()["_id"]
        for each in neighbours:
            await each.call("joinRoom", roomId=room)
        await neighbours[0].call("sendMessage", room=room, content="안녕하세요", clientId=str(new_id()))
        for each in neighbours:
            async with asyncio.timeout(20):
                while not any(event == "newMessage" for event, _ in each.told):  # noqa: ASYNC110  # no event tells
                    await asyncio.sleep(0.05)
    finally:
        for each in neighbours:
            await each.client.disconnect()
    logs = site.engine.docker("logs", site.container("nginx"))
    sockets = [line for line in logs.splitlines() if '"path": "/socket.io/"' in line]
    assert {"172.20.0.41:8000", "172.20.0.42:8000"} <= {
        line.split('"upstream": "')[1].split('"')[0] for line in sockets
    }


def test_a_photo_becomes_an_answer_through_all_targets(site: Stack) -> None:
    assert Person.arrives(site.platform).analyzes(new_photo())["status"] in ("done", "asked")


@asynccontextmanager
async def load(site: Stack, statuses: "Counter[int]", person: Person, every: float) -> AsyncIterator[None]:
    """REQUESTS requests, evenly over the time that the block takes at least: pages, polls of several targets, and
    messages that must not be lost."""
    room = person.ask("POST", f"{CHAT}/rooms", json={"name": "쉬지 않는 방", "kind": "public"}).json()["_id"]
    headers = {"Authorization": f"Bearer {person.token}"}
    asked = itertools.cycle(["/", "/api/v1/auth/sessions", "/api/v1/users/me", "/api/v1/chat/rooms", "/message"])

    async def one(http: httpx.AsyncClient, path: str, delay: float) -> None:
        await asyncio.sleep(delay)
        try:
            if path == "/message":
                body = {"content": "여기요", "clientId": str(new_id())}
                answer = await http.post(f"{CHAT}/rooms/{room}/messages", json=body)
            else:
                answer = await http.get(path)
            statuses[answer.status_code if answer.status_code >= 400 else 200] += 1
        except httpx.HTTPError as error:
            print(repr(error))
            statuses[0] += 1

    async with httpx.AsyncClient(base_url=site.url, headers=headers, timeout=30) as http:
        running = [asyncio.create_task(one(http, next(asked), number * every)) for number in range(REQUESTS)]
        yield
        await asyncio.gather(*running)


async def test_nobody_notices_a_back_end_that_is_killed(site: Stack) -> None:
    person = await asyncio.to_thread(Person.arrives, site.platform, "튼튼이")
    statuses: Counter[int] = Counter()
    async with load(site, statuses, person, 0.1):
        await asyncio.sleep(3)
        for service in ("chat-1", "auth-2", "users"):
            await asyncio.to_thread(site.engine.docker, "kill", site.container(service))
    print(f"killed three back ends under load: {dict(statuses)}")
    assert set(statuses) <= {200, 502}
    assert statuses[200] >= REQUESTS - 3  # what a killed process had in hand is lost; nothing after it is
    await asyncio.to_thread(site.compose, "up", "-d", "--wait", "chat-1", "auth-2", "users")


async def test_a_roll_loses_no_request(site: Stack, image: str, tmp_path: Path) -> None:
    """The next image is this one with another label."""
    site.engine.docker("build", "-q", "-t", "bunri:next", str(_next(tmp_path, image)))
    person = await asyncio.to_thread(Person.arrives, site.platform, "부지런이")
    services = {"SERVICES": "auth-1 auth-2 users chat-1 chat-2 web-1 web-2"}
    statuses: Counter[int] = Counter()
    async with load(site, statuses, person, 0.6):
        rolled = await asyncio.to_thread(_roll, site, "bunri:next", **services)
    print(f"replaced under load: {dict(statuses)}\n{rolled.stdout}")
    assert rolled.returncode == 0, rolled.stderr
    assert statuses == {200: REQUESTS}
    assert "BUNRI_IMAGE=bunri:next" in (site.folder / ".env").read_text()


async def test_an_image_that_does_not_become_healthy_goes_back(site: Stack, image: str, tmp_path: Path) -> None:
    folder = _next(tmp_path, image)
    with (folder / "Dockerfile").open("a") as file:
        file.write("USER root\nRUN echo 'raise SystemExit(1)' > /opt/bunri/share/health.py\nUSER 10001:10001\n")
    site.engine.docker("build", "-q", "-t", "bunri:broken", str(folder))
    before = (site.folder / ".env").read_text()
    statuses: Counter[int] = Counter()
    person = await asyncio.to_thread(Person.arrives, site.platform, "느긋이")
    async with load(site, statuses, person, 0.3):
        services = {"SERVICES": "users auth-1", "FAILS_AFTER": "25"}
        rolled = await asyncio.to_thread(_roll, site, "bunri:broken", **services)
    assert rolled.returncode == 1
    assert "going back" in rolled.stderr
    assert statuses == {200: REQUESTS}
    assert (site.folder / ".env").read_text() == before
    running = {each["Config"]["Image"] for each in site.containers()}
    assert "bunri:broken" not in running


def test_an_installation_with_a_fault_is_not_touched(site: Stack, image: str) -> None:
    before = {each["Id"] for each in site.containers()}
    env = (site.folder / ".env").read_text()
    (site.folder / ".env").write_text(f"{env}\nBUNRI_WASTE__MAX_FOTO_MB=3\n")
    try:
        refused = _roll(site, image)
    finally:
        (site.folder / ".env").write_text(env)
    assert refused.returncode != 0
    assert "There is no setting BUNRI_WASTE__MAX_FOTO_MB" in refused.stdout + refused.stderr
    assert {each["Id"] for each in site.containers()} == before


def _next(folder: Path, image: str) -> Path:
    (folder / "Dockerfile").write_text(f"FROM {image}\nLABEL next=yes\n")
    return folder


def _roll(site: Stack, image: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return site.engine.script(ROLL, f"deploy/compose/{COMPOSE}.yaml", image, **{**site.variables, **env})
