"""The routes of the local store: what a client is told when its upload does not fit."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from tests.support.api import bare_app, client_of

from bunri.edge.http import objects
from bunri.platform.storage import LocalStorage, StorageFull, UploadTicket
from bunri.platform.storage.signing import Grant

KEY = "uploads/photo"
JPEG = "image/jpeg"


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path, "secret")


@pytest_asyncio.fixture(loop_scope="session")
async def client(storage: LocalStorage) -> AsyncIterator[httpx.AsyncClient]:
    app = bare_app(objects.router)
    app.state.storage = storage
    async with client_of(app) as client:
        yield client


async def ticket_for(storage: LocalStorage, expires_in: timedelta = timedelta(minutes=5)) -> UploadTicket:
    return await storage.ticket(KEY, content_type=JPEG, size=5, expires_in=expires_in, base_url="http://test")


async def body(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


class TestUpload:
    @pytest.mark.parametrize(
        ("content", "content_type", "status", "code"),
        [
            (b"photo", "text/html", 415, "wrong_type"),
            (b"photos", JPEG, 422, "wrong_size"),
            (b"phot", JPEG, 422, "wrong_size"),
        ],
    )
    async def test_that_does_not_fit_is_told_why(
        self,
        storage: LocalStorage,
        client: httpx.AsyncClient,
        content: bytes,
        content_type: str,
        status: int,
        code: str,
    ) -> None:
        ticket = await ticket_for(storage)
        answer = await client.put(ticket.url, content=content, headers={"Content-Type": content_type})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert await storage.stat(KEY) is None

    @pytest.mark.parametrize(
        "written",
        [
            "IMAGE/JPEG",
            "Image/Jpeg",
            "image/jpeg;q=1",
            "image/jpeg ; q=1",
            'image/jpeg;\tname="a;b, \\"c\\".jpg"',
            "image/jpeg;",
        ],
    )
    async def test_with_its_type_written_in_another_way_is_taken(
        self, storage: LocalStorage, client: httpx.AsyncClient, written: str
    ) -> None:
        ticket = await ticket_for(storage)
        assert (await client.put(ticket.url, content=b"photo", headers={"Content-Type": written})).is_success
        kept = await storage.stat(KEY)
        assert kept is not None
        assert kept.content_type == JPEG

    @pytest.mark.parametrize(
        "written",
        [
            *("", "jpeg", "image/", "/jpeg", "image /jpeg", "image/ jpeg", "image/jpeg/x", "image/jpegx", "image/*"),
            *("image/jpeg garbage", "image/jpeg, text/html", 'image/jpeg; q="a', "image/jpeg; q", "image/jpeg; q = 1"),
        ],
    )
    async def test_with_another_type_or_none_is_told_which_is_right(
        self, storage: LocalStorage, client: httpx.AsyncClient, written: str
    ) -> None:
        ticket = await ticket_for(storage)
        headers = {"Content-Type": written, "Accept-Language": "en"}
        answer = await client.put(ticket.url, content=b"photo", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "wrong_type")
        assert JPEG in answer.json()["detail"]
        assert await storage.stat(KEY) is None

    async def test_with_two_types_is_refused_whichever_comes_first(
        self, storage: LocalStorage, client: httpx.AsyncClient
    ) -> None:
        ticket = await ticket_for(storage)
        for kinds in ((JPEG, "text/html"), ("text/html", JPEG)):
            headers = [("Content-Type", kind) for kind in kinds]
            assert (await client.put(ticket.url, content=b"photo", headers=headers)).status_code == 415

    async def test_with_a_digest_that_we_do_not_read_is_taken(
        self, storage: LocalStorage, client: httpx.AsyncClient
    ) -> None:
        ticket = await ticket_for(storage)
        headers = {**ticket.headers, "Content-MD5": "Q2hlY2sgSW50ZWdyaXR5IQ=="}
        assert (await client.put(ticket.url, content=b"photo", headers=headers)).is_success

    async def test_without_a_length_is_counted(self, storage: LocalStorage, client: httpx.AsyncClient) -> None:
        ticket = await ticket_for(storage)
        answer = await client.put(ticket.url, content=body(b"photo", b"more"), headers=ticket.headers)
        assert answer.json()["code"] == "wrong_size"
        assert (await client.put(ticket.url, content=body(b"ph", b"oto"), headers=ticket.headers)).is_success
        assert await storage.read(KEY, 5) == b"photo"

    async def test_with_a_closed_ticket_is_refused_and_changes_nothing(
        self, storage: LocalStorage, client: httpx.AsyncClient
    ) -> None:
        ticket = await ticket_for(storage)
        assert (await client.put(ticket.url, content=b"photo", headers=ticket.headers)).is_success
        await storage.close_tickets(KEY)
        answer = await client.put(ticket.url, content=b"other", headers=ticket.headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "ticket_used")
        assert await storage.read(KEY, 5) == b"photo"
        await storage.delete(KEY)
        assert (await client.put(ticket.url, content=b"other", headers=ticket.headers)).status_code == 409
        assert await storage.stat(KEY) is None

    async def test_that_is_under_way_when_its_ticket_is_closed_is_not_kept(
        self, storage: LocalStorage, client: httpx.AsyncClient
    ) -> None:
        async def closing() -> AsyncIterator[bytes]:
            yield b"ph"
            await storage.close_tickets(KEY)
            yield b"oto"

        ticket = await ticket_for(storage)
        answer = await client.put(ticket.url, content=closing(), headers=ticket.headers)
        assert answer.json()["code"] == "ticket_used"
        assert await storage.stat(KEY) is None

    async def test_with_an_expired_ticket_is_told_so(self, storage: LocalStorage, client: httpx.AsyncClient) -> None:
        ticket = await ticket_for(storage, timedelta(seconds=-1))
        answer = await client.put(ticket.url, content=b"photo", headers=ticket.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "ticket_expired")

    @pytest.mark.parametrize(
        ("part", "value"),
        [("size", "6"), ("type", "text/html"), ("expires", "4102444800"), ("signature", "0" * 64), ("signature", "é")],
    )
    async def test_with_any_part_of_the_ticket_changed_is_refused(
        self, storage: LocalStorage, client: httpx.AsyncClient, part: str, value: str
    ) -> None:
        ticket = await ticket_for(storage)
        url = httpx.URL(ticket.url).copy_set_param(part, value)
        answer = await client.put(url, content=b"photo", headers=ticket.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "ticket_invalid")

    async def test_with_a_ticket_of_another_house_is_refused(self, tmp_path: Path, client: httpx.AsyncClient) -> None:
        ticket = await ticket_for(LocalStorage(tmp_path, "another secret"))
        answer = await client.put(ticket.url, content=b"photo", headers=ticket.headers)
        assert answer.json()["code"] == "ticket_invalid"

    async def test_with_a_url_for_looking_is_refused(self, storage: LocalStorage, client: httpx.AsyncClient) -> None:
        url = await storage.url(KEY, expires_in=timedelta(minutes=5), base_url="http://test")
        answer = await client.put(f"{url}&size=0&type=", content=b"")
        assert answer.json()["code"] == "ticket_invalid"

    @pytest.mark.parametrize("path", ["../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", ".types/a"])
    async def test_goes_nowhere_else_even_signed(
        self, storage: LocalStorage, client: httpx.AsyncClient, path: str
    ) -> None:
        query = Grant("PUT", path, int(time.time()) + 60, 1, JPEG).query(storage._secret)
        answer = await client.put(f"/api/v1/objects/{path}?{query}", content=b"x", headers={"Content-Type": JPEG})
        assert answer.is_client_error


class TestFullDisk:
    """With a reserve that no disk has: the same as a disk that is full."""

    async def test_takes_no_upload_and_still_shows_what_is_there(self, tmp_path: Path) -> None:
        roomy, full = LocalStorage(tmp_path, "secret"), LocalStorage(tmp_path, "secret", reserve=2**60)
        await roomy.write("kept/old", b"old", "image/webp")
        app = bare_app(objects.router)
        app.state.storage = full
        async with client_of(app) as client:
            ticket = await ticket_for(roomy)
            answer = await client.put(ticket.url, content=b"photo", headers=ticket.headers)
            assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
            url = await full.url("kept/old", expires_in=timedelta(minutes=5), base_url="http://test")
            assert (await client.get(url)).content == b"old"
            with pytest.raises(StorageFull):
                await ticket_for(full)


class TestLooking:
    async def test_shows_pictures_and_never_lets_them_be_anything_else(
        self, storage: LocalStorage, client: httpx.AsyncClient
    ) -> None:
        for content_type, disposition in (("image/webp", "inline"), ("text/html", "attachment")):
            await storage.write(KEY, b"<script>", content_type)
            answer = await client.get(await storage.url(KEY, expires_in=timedelta(minutes=5), base_url="http://test"))
            assert answer.headers["content-type"].startswith(content_type)
            assert answer.headers["content-disposition"] == disposition
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in answer.headers["content-security-policy"]

    async def test_sends_a_large_archive_piece_by_piece_to_be_saved(
        self, storage: LocalStorage, client: httpx.AsyncClient
    ) -> None:
        content = bytes(range(256)) * 2**14
        await storage.write("exports/a.zip", content, "application/zip")
        url = await storage.url("exports/a.zip", expires_in=timedelta(minutes=5), base_url="http://test")
        whole, part = await client.get(url), await client.get(url, headers={"Range": "bytes=300-555"})
        assert (whole.content, part.content) == (content, content[300:556])
        for answer in (whole, part):
            assert answer.headers["content-disposition"] == "attachment"
            assert answer.headers["x-content-type-options"] == "nosniff"

    async def test_at_what_is_gone_is_missing(self, storage: LocalStorage, client: httpx.AsyncClient) -> None:
        answer = await client.get(await storage.url(KEY, expires_in=timedelta(minutes=5), base_url="http://test"))
        assert (answer.status_code, answer.json()["code"]) == (404, "object_missing")
