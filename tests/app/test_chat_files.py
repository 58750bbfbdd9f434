"""Files of rooms in the running product, in one process and in many: by sockets, in everybody's archive, erased."""

import asyncio
import io
import socket
import time
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import pytest
from PIL import Image
from tests.app.test_chat import CHAT, Neighbour, room_of
from tests.platform.photos.samples import encoded, exif, scene
from tests.support.client import Person
from tests.support.platform import Platform

PHOTO = encoded(scene(900, 600, 5), "JPEG", exif=exif(6, gps=True))


@pytest.fixture
async def arrive(arrangement: Platform) -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as leaving:

        async def come(name: str = "초록이") -> Neighbour:
            neighbour = await Neighbour(await asyncio.to_thread(Person.arrives, arrangement, name)).connect()
            leaving.push_async_callback(neighbour.client.disconnect)
            return neighbour

        yield come


async def sent(who: Neighbour, room: str, data: bytes, name: str, type_: str) -> dict[str, Any]:
    """A file that the server has taken."""
    announced = {"name": name, "content_type": type_, "size": len(data)}
    ticket = await who.ask("POST", f"/rooms/{room}/files", json=announced)
    platform = who.person.platform
    put = (ticket["upload_method"], ticket["upload_url"])
    uploaded = await asyncio.to_thread(platform.http.request, *put, content=data, headers=ticket["upload_headers"])
    assert uploaded.is_success, uploaded.text
    taken: dict[str, Any] = await who.ask("POST", f"/files/{ticket['file_id']}/complete")
    return taken


async def fetched(who: Neighbour, url: str) -> httpx.Response:
    return await asyncio.to_thread(who.person.ask, "GET", url)


async def test_a_message_by_socket_has_files_that_others_hear_of(arrive: Any) -> None:
    one, other = await arrive("하나"), await arrive("둘")
    room = await room_of(one)
    for each in (one, other):
        await each.call("joinRoom", roomId=room)
    picture = await sent(one, room, PHOTO, "컵.jpg", "image/jpeg")
    document = await sent(one, room, b"%PDF-1.7", "안내.pdf", "application/pdf")
    ids = [picture["id"], document["id"]]
    acked = await one.call("sendMessage", room=room, fileIds=ids, clientId="c1", type="text")
    heard = await other.hears("newMessage")
    assert heard == acked
    assert (heard["type"], heard["content"], heard["files"]) == ("file", "", [picture, document])
    assert heard["readBy"] == []
    assert await one.call("sendMessage", room=room, fileIds=ids, clientId="c1") == acked
    assert await one.refused("sendMessage", room=room, fileIds=ids, clientId="c2") == "file_used"
    shown = await fetched(other, heard["files"][0]["thumbnailUrl"])
    assert Image.open(io.BytesIO(shown.content)).size == (320, 480)
    await one.call("deleteMessage", messageId=acked["_id"])
    await other.hears("messageDeleted")
    assert (await fetched(other, picture["url"])).json()["code"] == "file_missing"


async def test_an_upload_that_is_cut_halfway_leaves_nothing_and_can_be_sent_again(arrive: Any) -> None:
    one = await arrive()
    room = await room_of(one)
    ticket = await one.ask(
        "POST", f"/rooms/{room}/files", json={"name": "컵.jpg", "content_type": "image/jpeg", "size": len(PHOTO)}
    )
    await asyncio.to_thread(_cut_halfway, one.person.platform.url(urlsplit(ticket["upload_url"]).path), ticket)
    answer = await asyncio.to_thread(one.person.ask, "POST", f"{CHAT}/files/{ticket['file_id']}/complete")
    assert (answer.status_code, answer.json()["code"]) == (409, "file_not_uploaded")
    put = (ticket["upload_method"], ticket["upload_url"])
    again = await asyncio.to_thread(
        one.person.platform.http.request, *put, content=PHOTO, headers=ticket["upload_headers"]
    )
    assert again.is_success, again.text
    assert (await one.ask("POST", f"/files/{ticket['file_id']}/complete"))["id"] == ticket["file_id"]


def _cut_halfway(url: str, ticket: dict[str, Any]) -> None:
    """Announces the whole picture, sends half of it, and hangs up."""
    given, asked = urlsplit(url), urlsplit(ticket["upload_url"])
    headers = {**ticket["upload_headers"], "host": given.netloc, "content-length": str(len(PHOTO))}
    head = [f"PUT {asked.path}?{asked.query} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection((given.hostname or "", given.port or 80), timeout=10) as sending:
        sending.sendall("\r\n".join([*head, "", ""]).encode() + PHOTO[: len(PHOTO) // 2])


async def test_everything_of_a_person_has_files_and_erasing_removes_them(arrive: Any) -> None:
    one, other = await arrive(), await arrive()
    room = await room_of(one)
    await other.call("joinRoom", roomId=room)
    picture = await sent(one, room, PHOTO, "컵.jpg", "image/jpeg")
    document = await sent(one, room, b"%PDF-1.7", "안내.pdf", "application/pdf")
    await one.call("sendMessage", room=room, fileIds=[picture["id"], document["id"]])
    person = one.person
    location = person.ask("POST", "/api/v1/users/me/exports").headers["location"]
    with zipfile.ZipFile(io.BytesIO(_archive(person, location))) as archive:
        files = orjson.loads(archive.read("chat.json"))["files"]
        assert [each["name"] for each in files] == ["컵.webp", "안내.pdf"]
        kept = Image.open(io.BytesIO(archive.read(files[0]["object"])))
        assert (kept.format, kept.size) == ("WEBP", (600, 900))
        assert archive.read(files[1]["object"]) == b"%PDF-1.7"
    assert (await fetched(other, document["url"])).content == b"%PDF-1.7"
    assert person.ask("DELETE", "/api/v1/users/me").status_code == 200
    await asyncio.to_thread(_until_gone, other.person, document["url"])


def _archive(person: Person, location: str) -> bytes:
    deadline = time.monotonic() + 60
    while (told := person.ask("GET", location).json())["state"] != "ready":
        assert time.monotonic() < deadline, f"stuck: {told}"
        time.sleep(0.1)
    return person.platform.http.get(told["download_url"]).content


def _until_gone(person: Person, url: str) -> None:
    deadline = time.monotonic() + 60
    while person.ask("GET", url).status_code != 404:
        assert time.monotonic() < deadline, "still there"
        time.sleep(0.1)
