"""The progress of an analysis, pushed to sockets and event streams, in both arrangements."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from tests.edge.realtime.test_server import Client
from tests.support.client import ENDED, Person
from tests.support.pictures import new_photo
from tests.support.platform import Platform

from bunri.platform.realtime import NAMESPACE


@pytest.fixture
def platform(arrangement: Platform) -> Platform:
    return arrangement


async def connected(person: Person, transport: str = "websocket") -> Client:
    client = Client()
    url = person.platform.url("/socket.io").removesuffix("/socket.io")
    await client.connect(url, auth={"token": person.token}, namespaces=[NAMESPACE], transports=[transport])
    return client


async def ended(client: Client, job_id: str) -> dict[str, Any]:
    """The last document that was pushed of a job."""
    async with asyncio.timeout(30):
        while True:
            for document in client.pushed:
                if document["job_id"] == job_id and document["status"] in ENDED:
                    found: dict[str, Any] = document
                    return found
            await asyncio.sleep(0.02)


class TestSockets:
    @pytest.mark.parametrize("transport", ["websocket", "polling"])
    async def test_steps_are_pushed_in_order_and_the_last_is_what_a_poll_says(
        self, platform: Platform, transport: str
    ) -> None:
        person, stranger = Person.arrives(platform), Person.arrives(platform)
        client, other = await connected(person, transport), await connected(stranger, transport)
        sent = new_photo()
        job = await asyncio.to_thread(person.begins, sent)
        await asyncio.to_thread(person.uploads, job, sent)
        await asyncio.to_thread(person.completes, job, note="컵라면 용기")
        last = await ended(client, job["job_id"])
        stages = [document["progress"] for document in client.pushed]
        assert stages == sorted(stages)
        assert (stages[0], stages[-1]) == (0, 100)  # between them, those that last
        assert last == await asyncio.to_thread(person.status, job)
        assert other.pushed == []
        await client.close()
        await other.close()

    async def test_an_answer_is_pushed_to_the_other_devices(self, platform: Platform) -> None:
        person = Person.arrives(platform)
        status = await asyncio.to_thread(person.analyzes, new_photo(), note="컵라면 용기")
        client = await connected(person)
        path = f"/api/v1/waste/jobs/{status['job_id']}/correct"
        await asyncio.to_thread(person.ask, "POST", path, json={"text": "우유팩"})
        last = await ended(client, status["job_id"])
        assert last["result"]["items"][0]["material"] == "carton"
        await client.close()

    async def test_a_refresh_token_that_comes_back_ends_the_sockets_of_its_session(self, platform: Platform) -> None:
        url = platform.url("/api/v1/auth/guest")
        tokens = platform.http.post(url, json={"username": "초록이"}).json()
        person = Person(platform, tokens["user"]["id"], tokens["access_token"])
        client = await connected(person)
        token = tokens["refresh_token"]
        for _ in range(2):
            url = platform.url("/api/v1/auth/refresh")
            token = platform.http.post(url, json={"refresh_token": token}).json()["refresh_token"]
        assert platform.http.post(url, json={"refresh_token": tokens["refresh_token"]}).status_code == 401
        async with asyncio.timeout(60):
            await client.gone.wait()
        refused = await asyncio.to_thread(person.ask, "GET", "/api/v1/waste/jobs")
        assert (refused.status_code, refused.json()["code"]) == (401, "token_expired")
        await client.close()


class TestEventStreams:
    def test_the_stream_brings_steps_in_order_and_ends_with_the_job(self, platform: Platform) -> None:
        person = Person.arrives(platform)
        sent = new_photo()
        job = person.begins(sent)
        person.uploads(job, sent)
        documents: list[dict[str, Any]] = []
        url = platform.url(f"/api/v1/waste/status/{job['job_id']}/events")
        headers = {"Authorization": f"Bearer {person.token}"}
        with httpx.stream("GET", url, headers=headers, timeout=30) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            for line in response.iter_lines():
                if line.startswith("data: "):
                    documents.append(json.loads(line.removeprefix("data: ")))
                    if len(documents) == 1:
                        person.completes(job, note="컵라면 용기")
        progress = [document["progress"] for document in documents]
        assert progress == sorted(progress)
        assert (progress[0], progress[-1]) == (0, 100)
        assert documents[-1] == person.status(job)

    def test_a_stream_of_a_strangers_job_is_refused(self, platform: Platform) -> None:
        job = Person.arrives(platform).begins(new_photo())
        stranger = Person.arrives(platform)
        refused = stranger.ask("GET", f"/api/v1/waste/status/{job['job_id']}/events")
        assert (refused.status_code, refused.json()["code"]) == (404, "job_missing")
