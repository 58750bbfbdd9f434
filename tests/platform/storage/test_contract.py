"""What both stores promise, tried on both."""

import asyncio
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tests.platform.storage.conftest import Store

from bunri.platform.storage import BadKey, ObjectMissing, ObjectTooLarge, UploadTicket
from bunri.platform.storage.protocol import ObjectStat

JPEG = "image/jpeg"
MINUTES = timedelta(minutes=5)


def new_key() -> str:
    return f"uploads/{secrets.token_hex(8)}.jpg"


async def ticket_for(store: Store, key: str, size: int, expires_in: timedelta = MINUTES) -> UploadTicket:
    return await store.storage.ticket(key, content_type=JPEG, size=size, expires_in=expires_in, base_url=store.base_url)


async def send(client: httpx.AsyncClient, ticket: UploadTicket, data: bytes, **headers: str) -> httpx.Response:
    return await client.request(ticket.method, ticket.url, content=data, headers=ticket.headers | headers)


class TestUpload:
    async def test_with_the_ticket_keeps_the_photo(self, store: Store, client: httpx.AsyncClient) -> None:
        key, photo = new_key(), secrets.token_bytes(3_000_000)
        ticket = await ticket_for(store, key, len(photo))
        assert ticket.method == "PUT"
        assert timedelta(minutes=4) < ticket.expires_at - datetime.now(UTC) <= MINUTES
        assert (await send(client, ticket, photo)).status_code == 200
        assert await store.storage.read(key, len(photo)) == photo
        stat = await store.storage.stat(key)
        assert stat
        assert (stat.size, stat.content_type) == (len(photo), JPEG)

    async def test_again_before_it_expires_replaces_the_photo(self, store: Store, client: httpx.AsyncClient) -> None:
        key = new_key()
        ticket = await ticket_for(store, key, 5)
        for photo in (b"first", b"again"):
            assert (await send(client, ticket, photo)).is_success
        assert await store.storage.read(key, 5) == b"again"

    @pytest.mark.parametrize("photo", [b"", b"four", b"sixsix"])
    async def test_of_another_size_is_refused(self, store: Store, client: httpx.AsyncClient, photo: bytes) -> None:
        key = new_key()
        answer = await send(client, await ticket_for(store, key, 5), photo)
        assert answer.is_client_error
        assert await store.storage.stat(key) is None

    async def test_of_another_type_is_refused(self, store: Store, client: httpx.AsyncClient) -> None:
        key = new_key()
        answer = await send(client, await ticket_for(store, key, 5), b"photo", **{"Content-Type": "text/html"})
        assert answer.is_client_error
        assert await store.storage.stat(key) is None

    async def test_after_the_ticket_expired_is_refused(self, store: Store, client: httpx.AsyncClient) -> None:
        key = new_key()
        ticket = await ticket_for(store, key, 5, timedelta(seconds=1))
        await asyncio.sleep(2.1)
        assert (await send(client, ticket, b"photo")).is_client_error
        assert await store.storage.stat(key) is None

    @pytest.mark.parametrize("part", ["key", "signature"])
    async def test_with_a_tampered_ticket_is_refused(self, store: Store, client: httpx.AsyncClient, part: str) -> None:
        key, other = new_key(), new_key()
        ticket = await ticket_for(store, key, 5)
        url = ticket.url.replace(key, other) if part == "key" else ticket.url[:-6] + "000000"
        assert (await send(client, replace(ticket, url=url), b"photo")).status_code == 403
        assert await store.storage.stat(key) is None
        assert await store.storage.stat(other) is None

    async def test_without_a_ticket_is_refused(self, store: Store, client: httpx.AsyncClient) -> None:
        key = new_key()
        bare = urlsplit((await ticket_for(store, key, 5)).url)._replace(query="").geturl()
        assert (await client.put(bare, content=b"photo", headers={"Content-Type": JPEG})).is_client_error
        assert await store.storage.stat(key) is None

    async def test_that_is_cut_off_leaves_nothing(self, store: Store) -> None:
        key = new_key()
        ticket = await ticket_for(store, key, 1_000_000)
        url = urlsplit(ticket.url)
        _, writer = await asyncio.open_connection(url.hostname, url.port)
        head = (
            f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n"
            f"Content-Type: {JPEG}\r\nContent-Length: 1000000\r\n\r\n"
        )
        writer.write(head.encode() + b"x" * 300_000)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        await asyncio.sleep(0.3)
        assert await store.storage.stat(key) is None


class TestObjects:
    async def test_are_kept_until_deleted(self, store: Store) -> None:
        key = new_key()
        await store.storage.write(key, "사진".encode(), "image/webp")
        assert await store.storage.read(key, 100) == "사진".encode()
        await store.storage.delete(key)
        await store.storage.delete(key)
        assert await store.storage.stat(key) is None
        with pytest.raises(ObjectMissing):
            await store.storage.read(key, 100)

    @pytest.mark.parametrize("size", [0, 10 * 2**20 + 1], ids=["empty", "large"])
    async def test_may_come_from_a_file(self, store: Store, tmp_path: Path, size: int) -> None:
        """S3 takes the larger one in parts."""
        key, content, path = new_key(), secrets.token_bytes(size), tmp_path / "archive.zip"
        await asyncio.to_thread(path.write_bytes, content)
        await store.storage.write_file(key, path, "application/zip")
        assert await store.storage.read(key, size) == content
        assert await store.storage.stat(key) == ObjectStat(size, "application/zip")

    async def test_are_read_only_up_to_a_limit(self, store: Store) -> None:
        key = new_key()
        await store.storage.write(key, b"x" * 101, JPEG)
        with pytest.raises(ObjectTooLarge):
            await store.storage.read(key, 100)

    async def test_are_read_in_parts(self, store: Store) -> None:
        key, content = new_key(), secrets.token_bytes(1000)
        await store.storage.write(key, content, JPEG)
        parts = [await store.storage.read_part(key, start, 400) for start in (0, 400, 800)]
        assert [len(part) for part in parts] == [400, 400, 200]
        assert b"".join(parts) == content
        assert await store.storage.read_part(key, 1000, 400) == b""
        with pytest.raises(ObjectMissing):
            await store.storage.read_part(new_key(), 0, 400)

    @pytest.mark.parametrize(
        "key", ["", "/etc/passwd", "../up", "a/../b", "a//b", "a/", ".hidden", "A", "한글", "a\n", "a b", "x" * 201]
    )
    async def test_have_plain_keys(self, store: Store, key: str) -> None:
        with pytest.raises(BadKey):
            await store.storage.write(key, b"", JPEG)
        with pytest.raises(BadKey):
            await ticket_for(store, key, 1)

    async def test_can_be_looked_at_with_a_signed_url(self, store: Store, client: httpx.AsyncClient) -> None:
        key = new_key()
        await store.storage.write(key, b"picture", "image/webp")
        url = await store.storage.url(key, expires_in=MINUTES, base_url=store.base_url)
        answer = await client.get(url)
        assert answer.content == b"picture"
        assert answer.headers["content-type"] == "image/webp"
        assert "private" in answer.headers["cache-control"]
        assert (await client.get(url[:-4] + "0000")).status_code == 403
        assert (await client.put(url, content=b"other")).is_client_error
        assert await store.storage.read(key, 100) == b"picture"

    async def test_are_forgotten_when_old(self, store: Store) -> None:
        key = new_key()
        await store.storage.write(key, b"old", JPEG)
        await store.storage.sweep(older_than=timedelta(days=30), prefix="uploads/")
        assert await store.storage.stat(key)
        await asyncio.sleep(1.1)
        assert await store.storage.sweep(older_than=timedelta(seconds=1), prefix="uploads/") >= 1
        assert await store.storage.stat(key) is None

    async def test_of_one_folder_may_be_forgotten_sooner(self, store: Store) -> None:
        upload, kept = new_key(), f"kept/{secrets.token_hex(8)}.webp"
        for key in (upload, kept):
            await store.storage.write(key, b"old", JPEG)
        await asyncio.sleep(1.1)
        assert await store.storage.sweep(older_than=timedelta(seconds=1), prefix="uploads/") >= 1
        assert await store.storage.stat(upload) is None
        assert await store.storage.stat(kept)

    async def test_live_through_the_canary(self, store: Store) -> None:
        await store.storage.check()


async def test_the_keys_of_a_folder(store: Store) -> None:
    keys = {f"listed/{number:04}" for number in range(7)} | {"listed/below/it"}
    for key in (*keys, "listed-beside/it"):
        await store.storage.write(key, b"x", "text/plain")
    assert {key async for key in store.storage.keys("listed/")} == keys
    assert [key async for key in store.storage.keys("nothing/")] == []
