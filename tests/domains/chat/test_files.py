"""Files and pictures in rooms, over HTTP, with objects in a directory and in S3."""

import asyncio
import hashlib
import resource
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from tests.domains.chat.sending import Post, Sender, refused
from tests.platform.photos.samples import corners, encoded, exif, png_bomb, scene
from tests.support import clamd
from tests.support.clockwork import Clockwork
from tests.support.s3 import s3_server
from tests.support.servers import ok, serving

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.chat.service.file_removal import FileRemoval
from bunri.domains.chat.user_data import ChatUserData
from bunri.kit.ids import new_id
from bunri.platform.photos.pool import DecoderPool
from bunri.platform.photos.settings import DecoderSettings
from bunri.platform.storage import LocalStorage, Storage, StorageUnavailable

PHOTO = encoded(corners(320, 192), "JPEG", exif=exif(6, gps=True))
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
PAGE = b"<!doctype html><script>alert(document.domain)</script>"
OPAQUE = "application/octet-stream"

Open = Callable[..., Awaitable[Post]]


@pytest.fixture(scope="module")
def decoders() -> Iterator[DecoderPool]:
    pool = DecoderPool(DecoderSettings(cpu_s=60, deadline_s=60))
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="s3") as folder, s3_server(Path(folder)) as address:
        yield address


@pytest.fixture
async def open_post(settings: Settings, clock: Clockwork, decoders: DecoderPool) -> AsyncIterator[Open]:
    """``await open_post(storage_url=…, max_file_mb=1)``: with settings of chat of one's own."""
    async with AsyncExitStack() as closing:

        async def opened(storage_url: str | None = None, **chat: object) -> Post:
            own = settings.chat.model_validate({**settings.chat.model_dump(), **chat})
            made = InlineContainer(settings.model_copy(update={"chat": own, "storage_url": storage_url}), clock=clock)
            made.__dict__["decoders"] = decoders
            closing.push_async_callback(made.close)
            await made.storage.prepare({})
            return Post.of(made)

        yield opened


@pytest.fixture
async def post(open_post: Open) -> Post:
    return await open_post()


@pytest.fixture(params=["directory", "s3"])
async def stored(request: pytest.FixtureRequest, open_post: Open) -> Post:
    """With each store."""
    return await open_post(request.getfixturevalue("s3_address") if request.param == "s3" else None)


@pytest.fixture
async def one(post: Post) -> Sender:
    return await post.arrive("하나")


@pytest.fixture
async def other(post: Post) -> Sender:
    return await post.arrive("둘")


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As a full disk is: nothing larger can be written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def opened(response: httpx.Response) -> Image.Image:
    assert response.status_code == 200, response.text
    return Image.open(BytesIO(response.content))


# ── sent and had ──────────────────────────────────────────────────────────────────────────────────────────────────────


class TestPictures:
    async def test_are_shown_to_members_upright_and_without_place_and_time(self, stored: Post) -> None:
        """[chat.md 24]"""
        one, other = await stored.arrive("하나"), await stored.arrive("둘")
        room = await one.room(other)
        sent = await one.has_sent(room, PHOTO, "IMG_1.JPG")
        file = {
            "id": sent["id"],
            "name": "IMG_1.webp",
            "contentType": "image/webp",
            "size": sent["size"],
            "kind": "image",
            "width": 192,
            "height": 320,
            "url": f"/api/v1/chat/files/{sent['id']}",
            "thumbnailUrl": f"/api/v1/chat/files/{sent['id']}/thumbnail",
        }
        assert sent == file
        said = (await one.says(room, sent["id"])).json()
        assert (said["type"], said["content"], said["files"]) == ("image", "", [file])
        [read] = (await other.ask("GET", f"/rooms/{room}/messages")).json()
        assert read["files"] == [file]
        for what, size in (("", (192, 320)), ("/thumbnail", (192, 320))):
            answer = await other.gets(sent["id"], what)
            picture = opened(answer)
            assert (picture.format, picture.size) == ("WEBP", size)
            assert not picture.getexif()
            assert b"Camera Maker" not in answer.content
            assert answer.headers["content-type"] == "image/webp"
            assert answer.headers["content-disposition"].startswith("inline")
        assert len((await other.gets(sent["id"])).content) == sent["size"]
        assert await stored.kept(sent["id"]) == [f"attachments/{sent['id']}{end}" for end in (".webp", ".preview.webp")]

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF", "GIF"])
    async def test_of_every_kind_are_taken(self, one: Sender, kind: str) -> None:
        sent = await one.has_sent(await one.room(), encoded(scene(900, 600), kind), "a", f"image/{kind.lower()}")
        assert (sent["kind"], sent["width"], sent["height"]) == ("image", 900, 600)
        assert opened(await one.gets(sent["id"], "/thumbnail")).size == (480, 320)

    @pytest.mark.parametrize("type_", ["", OPAQUE, "text/html", "application/pdf", "nonsense"])
    async def test_are_known_by_their_bytes(self, one: Sender, type_: str) -> None:
        """None keeps its place by being called something else."""
        sent = await one.has_sent(await one.room(), PHOTO, "notes.txt", type_)
        assert (sent["kind"], sent["contentType"], sent["name"]) == ("image", "image/webp", "notes.webp")
        assert not opened(await one.gets(sent["id"])).getexif()

    async def test_that_hide_a_page_are_made_anew(self, one: Sender) -> None:
        sent = await one.has_sent(await one.room(), PHOTO + PAGE)
        assert PAGE not in (await one.gets(sent["id"])).content

    @pytest.mark.parametrize(
        ("data", "type_", "code"),
        [
            (PHOTO[: len(PHOTO) // 2], "image/jpeg", (422, "broken_photo")),
            (PHOTO[:-2] + b"xx", "image/jpeg", (422, "broken_photo")),
            (b"GIF89a=1;alert(1)//", "image/gif", (422, "broken_photo")),
            (PAGE, "image/jpeg", (415, "not_a_photo")),
            (PDF, "image/png", (415, "not_a_photo")),
            (b"nothing", "image/webp", (415, "unknown_file")),
            (png_bomb(50_000, 50_000), "image/png", (413, "too_many_pixels")),
            (png_bomb(50_000, 50_000), "application/zip", (413, "too_many_pixels")),
            (b"\0\0\0\x1cftypavif" + bytes(40), OPAQUE, (415, "not_a_photo")),
            (b"II*\0" + bytes(40), "image/tiff", (415, "not_a_photo")),
        ],
        ids=["half", "end", "gif", "page", "pdf", "nothing", "bomb", "hidden-bomb", "avif", "tiff"],
    )
    async def test_that_are_broken_are_refused_at_once_and_nobody_sees_them(
        self, post: Post, one: Sender, data: bytes, type_: str, code: tuple[int, str]
    ) -> None:
        """[chat.md 23]"""
        room = await one.room()
        ticket = (await one.announces(room, data, "a.jpg", type_)).json()
        await one.uploads(ticket, data)
        assert refused(await one.completes(ticket["file_id"])) == code
        assert refused(await one.completes(ticket["file_id"])) == (404, "file_missing")
        assert refused(await one.gets(ticket["file_id"])) == (404, "file_missing")
        assert refused(await one.says(room, ticket["file_id"], content="보세요")) == (404, "file_missing")
        assert (await one.ask("GET", f"/rooms/{room}/messages")).json() == []
        await post.purge()
        assert await post.kept(ticket["file_id"]) == []


class TestFiles:
    async def test_are_downloaded_as_they_were_sent(self, stored: Post) -> None:
        one, other = await stored.arrive("하나"), await stored.arrive("둘")
        room = await one.room(other)
        data = PDF * 20_000  # several parts
        sent = await one.has_sent(room, data, "안내문.pdf", "application/pdf")
        assert (sent["kind"], sent["name"], sent["size"]) == ("file", "안내문.pdf", len(data))
        assert (sent["width"], sent["height"], sent["thumbnailUrl"]) == (None, None, None)
        said = (await one.says(room, sent["id"], content="읽어 보세요")).json()
        assert (said["type"], said["content"]) == ("file", "읽어 보세요")
        answer = await other.gets(sent["id"])
        assert answer.content == data
        headers = answer.headers
        assert headers["content-type"] == "application/pdf"
        assert headers["content-length"] == str(len(data))
        name = "%EC%95%88%EB%82%B4%EB%AC%B8.pdf"
        assert headers["content-disposition"] == f"attachment; filename=\"___.pdf\"; filename*=UTF-8''{name}"
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["vary"] == "Authorization"
        assert refused(await other.gets(sent["id"], "/thumbnail")) == (404, "file_missing")

    @pytest.mark.parametrize("type_", ["text/html", "image/svg+xml", "application/javascript", "application/xhtml+xml"])
    async def test_that_a_browser_would_run_are_bytes_to_it(self, one: Sender, type_: str) -> None:
        sent = await one.has_sent(await one.room(), PAGE, "page.html", type_)
        answer = await one.gets(sent["id"])
        assert answer.content == PAGE
        assert answer.headers["content-type"] == OPAQUE
        assert answer.headers["content-disposition"].startswith('attachment; filename="page.html"')

    async def test_have_a_name_that_harms_nobody(self, one: Sender) -> None:
        name = '../../etc/한"글\r\nSet-Cookie: a\u202egpj.exe'
        sent = await one.has_sent(await one.room(), b"data", name, OPAQUE)
        assert sent["name"] == "한_글 Set-Cookie_ agpj.exe"
        disposition = (await one.gets(sent["id"])).headers["content-disposition"]
        assert disposition.isascii()
        assert '"__ Set-Cookie_ agpj.exe"' not in disposition
        assert 'filename="___ Set-Cookie_ agpj.exe"' in disposition

    async def test_and_pictures_may_come_together_in_their_order(self, one: Sender) -> None:
        room = await one.room()
        ids = [(await one.has_sent(room, PHOTO))["id"], (await one.has_sent(room, PDF, "a.pdf", ""))["id"]]
        ids.insert(1, (await one.has_sent(room, PHOTO))["id"])
        said = (await one.says(room, *ids, ids[0])).json()
        assert [each["id"] for each in said["files"]] == ids
        assert said["type"] == "file"


class TestMessages:
    async def test_sent_twice_are_one_with_the_same_files(self, one: Sender) -> None:
        room = await one.room()
        file = (await one.has_sent(room, PHOTO))["id"]
        answers = [(await one.says(room, file, clientId="c1")).json() for _ in range(2)]
        assert answers[0] == answers[1]
        assert len((await one.ask("GET", f"/rooms/{room}/messages")).json()) == 1

    async def test_may_lose_their_words_but_not_both(self, one: Sender) -> None:
        room = await one.room()
        said = (await one.says(room, (await one.has_sent(room, PHOTO))["id"], content="이거요")).json()
        changed = await one.ask("PATCH", f"/messages/{said['_id']}", json={"content": " "})
        assert (changed.json()["content"], changed.json()["files"]) == ("", said["files"])
        assert refused(await one.says(room, content=" ")) == (422, "message_empty")
        words = (await one.says(room, content="말")).json()
        emptied = await one.ask("PATCH", f"/messages/{words['_id']}", json={"content": " "})
        assert refused(emptied) == (422, "message_empty")

    async def test_have_ten_files_at_most_and_polls_none(self, one: Sender) -> None:
        room = await one.room()
        assert refused(await one.says(room, *(str(new_id()) for _ in range(11)))) == (422, "invalid")
        poll = await one.says(room, str(new_id()), content="?", choices=["캔", "병"])
        assert refused(poll) == (422, "invalid")

    async def test_take_only_ones_own_files_of_that_room_once(self, one: Sender, other: Sender) -> None:
        room, elsewhere = await one.room(other), await one.room(other)
        file = (await one.has_sent(room, PHOTO))["id"]
        missing = (404, "file_missing")
        assert refused(await other.says(room, file)) == missing
        assert refused(await one.says(elsewhere, file)) == missing
        assert refused(await one.says(room, str(new_id()))) == missing
        waiting = (await one.announces(room, PHOTO)).json()["file_id"]
        assert refused(await one.says(room, waiting)) == (409, "file_not_ready")
        assert (await one.says(room, file)).status_code == 201
        assert refused(await one.says(room, file)) == (409, "file_used")
        assert len((await one.ask("GET", f"/rooms/{room}/messages")).json()) == 1

    async def test_of_the_same_moment_do_not_share_a_file(self, one: Sender) -> None:
        room = await one.room()
        file = (await one.has_sent(room, PDF, "a.pdf", ""))["id"]
        answers = await asyncio.gather(*(one.says(room, file) for _ in range(5)))
        assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409]


# ── who may have them ─────────────────────────────────────────────────────────────────────────────────────────────────


class TestAccess:
    async def test_is_for_members_alone(self, post: Post, one: Sender, other: Sender) -> None:
        room, stranger = await one.room(other), await post.arrive()
        file = (await one.has_sent(room, PHOTO))["id"]
        assert refused(await other.gets(file)) == (404, "file_missing")  # before it was sent
        await one.says(room, file)
        for what in ("", "/thumbnail"):
            assert (await other.gets(file, what)).status_code == 200
            assert refused(await stranger.gets(file, what)) == (404, "file_missing")
            assert refused(await one.gets(new_id(), what)) == (404, "file_missing")
            nobody = await post.http.get(f"/api/v1/chat/files/{file}{what}")
            assert refused(nobody) == (401, "unauthenticated")
        await one.ask("POST", f"/rooms/{room}/members/{other.id}/moderation", json={"action": "kick"})
        assert refused(await other.gets(file)) == (404, "file_missing")

    async def test_of_others_files_is_none_before_they_are_sent(self, one: Sender, other: Sender) -> None:
        room = await one.room(other)
        ticket = (await one.announces(room, PHOTO)).json()
        await one.uploads(ticket, PHOTO)
        missing = (404, "file_missing")
        assert refused(await other.completes(ticket["file_id"])) == missing
        assert refused(await other.ask("DELETE", f"/files/{ticket['file_id']}")) == missing
        assert (await one.completes(ticket["file_id"])).status_code == 200
        assert refused(await other.completes(ticket["file_id"])) == missing

    async def test_to_the_upload_itself_has_nobody(self, post: Post, one: Sender) -> None:
        ticket = (await one.announces(await one.room(), PHOTO)).json()
        await one.uploads(ticket, PHOTO)
        assert (await post.http.get(ticket["upload_url"])).status_code in (403, 404, 422)

    async def test_stays_in_a_closed_room_that_takes_no_more(self, one: Sender, other: Sender) -> None:
        room = await one.room(other)
        file, ready = [(await one.has_sent(room, PHOTO))["id"] for _ in range(2)]
        await one.says(room, file)
        await one.ask("DELETE", f"/rooms/{room}")
        assert (await other.gets(file)).status_code == 200
        assert refused(await one.announces(room, PHOTO)) == (409, "room_closed")
        assert refused(await one.says(room, ready)) == (409, "room_closed")

    async def test_to_a_room_is_needed_to_send(self, post: Post, one: Sender, other: Sender) -> None:
        room, private = await one.room(), await one.room(kind="private")
        assert refused(await other.announces(room, PHOTO)) == (403, "not_a_member")
        assert refused(await other.announces(private, PHOTO)) == (404, "room_missing")
        await other.ask("POST", f"/rooms/{room}/join")
        await one.ask("POST", f"/rooms/{room}/members/{other.id}/moderation", json={"action": "mute"})
        assert refused(await other.announces(room, PHOTO)) == (403, "muted")


# ── limits ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class TestLimits:
    async def test_of_one_file(self, open_post: Open) -> None:
        post = await open_post(max_picture_mb=1, max_file_mb=2)
        one = await post.arrive()
        room = await one.room()
        large, larger = bytes(2**20 + 1), bytes(2**21 + 1)
        assert refused(await one.announces(room, large, type_="image/jpeg")) == (413, "file_too_large")
        assert (await one.announces(room, large, type_="video/mp4")).status_code == 201
        assert refused(await one.announces(room, larger, type_="video/mp4")) == (413, "file_too_large")
        assert refused(await one.announces(room, b"")) == (422, "invalid")
        hidden = await one.sends(room, PHOTO + large, type_=OPAQUE)  # a picture by its bytes
        assert refused(hidden) == (413, "photo_too_large")

    async def test_of_a_person_and_a_day(self, open_post: Open, clock: Clockwork) -> None:
        post = await open_post(person_mb_per_day=2)
        one, other = await post.arrive(), await post.arrive()
        rooms = [await one.room(other), await one.room()]
        data = bytes(2**20)
        for room in rooms:
            assert (await one.announces(room, data, type_=OPAQUE)).status_code == 201
        assert refused(await one.announces(rooms[0], b"1", type_=OPAQUE)) == (429, "files_of_day")
        assert (await other.announces(rooms[0], data, type_=OPAQUE)).status_code == 201
        clock.move(hours=25)
        one.token = (await post.arrive()).token  # a day later the token is over; whose files they are does not matter
        await one.ask("POST", f"/rooms/{rooms[0]}/join")
        assert (await one.announces(rooms[0], data, type_=OPAQUE)).status_code == 201

    async def test_of_a_room(self, open_post: Open) -> None:
        post = await open_post(room_mb=1)
        one, other = await post.arrive(), await post.arrive()
        room = await one.room(other)
        sent = await one.has_sent(room, bytes(2**20), "a.bin", OPAQUE)
        assert refused(await other.announces(room, b"1", type_=OPAQUE)) == (409, "room_files_full")
        assert (await one.ask("DELETE", f"/files/{sent['id']}")).status_code == 204
        assert (await other.announces(room, b"1", type_=OPAQUE)).status_code == 201

    async def test_of_files_that_no_message_has(self, open_post: Open) -> None:
        post = await open_post(max_unused_files=10)
        one = await post.arrive()
        room = await one.room()
        announced = await asyncio.gather(*(one.announces(room, b"1", type_=OPAQUE) for _ in range(12)))
        assert sorted(each.status_code for each in announced) == [201] * 10 + [429] * 2
        assert {refused(each) for each in announced if each.status_code == 429} == {(429, "files_waiting")}


# ── faults of clients ─────────────────────────────────────────────────────────────────────────────────────────────────


class TestUploads:
    async def test_of_another_size_or_type_are_refused_by_the_store(self, stored: Post) -> None:
        one = await stored.arrive()
        ticket = (await one.announces(await one.room(), PHOTO)).json()
        assert (await one.uploads(ticket, PHOTO + b"x")).is_client_error
        assert (await one.uploads(ticket, PHOTO, **{"Content-Type": "text/html"})).is_client_error
        assert await stored.kept(ticket["file_id"]) == []

    async def test_that_have_not_come_may_come_later(self, stored: Post) -> None:
        one = await stored.arrive()
        ticket = (await one.announces(await one.room(), PHOTO)).json()
        for _ in range(2):
            assert refused(await one.completes(ticket["file_id"])) == (409, "file_not_uploaded")
        assert (await one.uploads(ticket, PHOTO)).is_success
        assert (await one.completes(ticket["file_id"])).status_code == 200

    async def test_completed_twice_are_one(self, one: Sender) -> None:
        room = await one.room()
        ticket = (await one.announces(room, PHOTO)).json()
        await one.uploads(ticket, PHOTO)
        at_once = await asyncio.gather(*(one.completes(ticket["file_id"]) for _ in range(6)))
        done = [each.json() for each in at_once if each.status_code == 200]
        busy = [refused(each) for each in at_once if each.status_code != 200]
        assert len(done) >= 1
        assert set(busy) <= {(503, "file_busy")}
        again = await one.completes(ticket["file_id"])
        assert again.status_code == 200
        assert all(each == again.json() for each in done)

    async def test_of_other_bytes_than_announced_are_refused(self, post: Post, one: Sender) -> None:
        room = await one.room()
        digest = hashlib.sha256(PDF).hexdigest()
        for data, status in ((PDF, 200), (PDF[:-1] + b"x", 422)):
            ticket = (await one.announces(room, data, "a.pdf", "", sha256=digest)).json()
            await one.uploads(ticket, data)
            answer = await one.completes(ticket["file_id"])
            assert answer.status_code == status
            assert status == 200 or refused(answer) == (422, "file_mismatch")

    async def test_in_place_of_what_was_looked_at_change_nothing(self, stored: Post) -> None:
        """S3 cannot take a ticket back: what is given out lies elsewhere."""
        one = await stored.arrive()
        room = await one.room()
        ticket = (await one.announces(room, PDF, "a.pdf", "")).json()
        await one.uploads(ticket, PDF)
        assert (await one.completes(ticket["file_id"])).status_code == 200
        await one.uploads(ticket, PAGE.ljust(len(PDF))[: len(PDF)])
        assert (await one.gets(ticket["file_id"])).content == PDF

    async def test_that_lie_about_their_size_in_the_store_are_refused(self, post: Post, one: Sender) -> None:
        """A store that does not hold to its tickets."""
        ticket = (await one.announces(await one.room(), PDF, "a.pdf", "")).json()
        await post.container.storage.write(f"incoming/{ticket['file_id']}", PDF * 2, OPAQUE)
        assert refused(await one.completes(ticket["file_id"])) == (422, "file_mismatch")

    async def test_of_a_file_that_was_taken_back_are_not_looked_at(self, post: Post, one: Sender) -> None:
        ticket = (await one.announces(await one.room(), PHOTO)).json()
        await one.uploads(ticket, PHOTO)
        assert (await one.ask("DELETE", f"/files/{ticket['file_id']}")).status_code == 204
        for answer in (await one.completes(ticket["file_id"]), await one.ask("DELETE", f"/files/{ticket['file_id']}")):
            assert refused(answer) == (404, "file_missing")
        await post.purge()
        assert await post.kept(ticket["file_id"]) == []


async def test_links_are_never_fetched(one: Sender, post: Post) -> None:
    """[chat.md 26]"""
    room = await one.room()
    async with serving(ok({})) as intranet:
        link = f"{intranet.url}/tracking.png"
        post.container.load_handlers()
        for words in ("", "@coach "):
            said = await one.says(room, content=f"{words}![보세요]({link}) <img src={link}> {link}")
            assert said.status_code == 201
        await post.container.work()
        page = await one.has_sent(room, f"<img src={link}>".encode(), "a.html", "text/html")
        await one.gets(page["id"])
        await one.ask("GET", f"/rooms/{room}/messages")
        assert intranet.requests == []


# ── removed ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Failing:
    """A store that is away from time to time."""

    storage: Storage
    away: bool = False
    fails: set[str] = field(default_factory=set)
    """Methods that fail while it is away; all without."""

    def __getattr__(self, name: str) -> Any:
        if self.away and (not self.fails or name in self.fails):
            raise StorageUnavailable(reason="away")
        return getattr(self.storage, name)


class TestRemoval:
    async def test_of_a_message_takes_its_files_along(self, stored: Post) -> None:
        one, other = await stored.arrive(), await stored.arrive()
        room = await one.room(other)
        ids = [(await one.has_sent(room, PHOTO))["id"], (await one.has_sent(room, PDF, "a.pdf", ""))["id"]]
        said = (await one.says(room, *ids)).json()
        assert (await one.ask("DELETE", f"/messages/{said['_id']}")).status_code == 204
        for file in ids:
            for sender in (one, other):
                assert refused(await sender.gets(file)) == (404, "file_missing")
        [left] = (await other.ask("GET", f"/rooms/{room}/messages")).json()
        assert (left["deleted"], left["files"]) == (True, [])
        await stored.purge()
        assert [await stored.kept(file) for file in ids] == [[], []]

    async def test_is_tried_again_until_nothing_is_left(self, post: Post, one: Sender) -> None:
        room = await one.room()
        file = (await one.has_sent(room, PHOTO))["id"]
        said = (await one.says(room, file)).json()
        await one.ask("DELETE", f"/messages/{said['_id']}")
        store = Failing(post.container.storage)
        post.container.__dict__["storage"] = store
        store.away = True
        for _ in range(2):
            with pytest.raises(StorageUnavailable):
                await post.purge()
        store.away = False
        assert len(await post.kept(file)) == 2
        await post.purge()
        assert await post.kept(file) == []

    async def test_comes_after_a_day_without_a_message(self, post: Post, one: Sender, clock: Clockwork) -> None:
        room = await one.room()
        used, unused = [(await one.has_sent(room, PHOTO))["id"] for _ in range(2)]
        announced = (await one.announces(room, PHOTO)).json()["file_id"]
        await one.says(room, used)
        removal = post.container.get(FileRemoval)
        clock.move(hours=23)
        await removal.expire()
        await post.purge()
        assert len(await post.kept(unused)) == 2
        clock.move(hours=2)
        await removal.expire()
        await post.purge()
        assert (len(await post.kept(used)), await post.kept(unused), await post.kept(announced)) == (2, [], [])

    async def test_of_a_person_leaves_nothing(self, post: Post, one: Sender, other: Sender) -> None:
        room = await one.room(other)
        ids = [(await one.has_sent(room, PHOTO))["id"] for _ in range(2)]
        await one.says(room, ids[0])
        theirs = (await other.has_sent(room, PHOTO))["id"]
        await other.says(room, theirs)
        data = post.container.get(ChatUserData)
        for _ in range(2):
            await data.erase(one.id)
        assert refused(await other.gets(ids[0])) == (404, "file_missing")
        assert (await other.gets(theirs)).status_code == 200
        await post.purge()
        assert [await post.kept(file) for file in ids] == [[], []]
        assert (await data.export(one.id)).document["files"] == []


async def test_everything_of_a_person_has_their_files(post: Post, one: Sender, other: Sender) -> None:
    room = await one.room()
    picture = await one.has_sent(room, PHOTO, "컵.jpg")
    file = await one.has_sent(room, PDF, "안내.pdf", "application/pdf")
    said = (await one.says(room, picture["id"])).json()
    await one.announces(room, PHOTO)
    kept = await post.container.get(ChatUserData).export(one.id)
    assert [(each["name"], each["message_id"], each["object"]) for each in kept.document["files"]] == [
        ("컵.webp", said["_id"], f"attachments/{picture['id']}.webp"),
        ("안내.pdf", None, f"attachments/{file['id']}"),
    ]
    assert list(kept.objects) == [each["object"] for each in kept.document["files"]]
    for key in kept.objects:
        assert await post.container.storage.stat(key)


async def test_a_guest_brings_files_along(post: Post, one: Sender, other: Sender) -> None:
    room = await one.room(other)
    sent, waiting = [(await one.has_sent(room, PHOTO))["id"] for _ in range(2)]
    await one.says(room, sent)
    data = post.container.get(ChatUserData)
    for _ in range(2):
        await data.upgrade(one.id, other.id)
    assert (await other.says(room, waiting)).status_code == 201
    assert len((await data.export(other.id)).document["files"]) == 2


# ── what breaks ───────────────────────────────────────────────────────────────────────────────────────────────────────


class TestFaults:
    @pytest.mark.parametrize("fails", ["stat", "close_tickets", "read", "write"])
    async def test_a_store_that_is_away_may_be_asked_again(self, open_post: Open, fails: str) -> None:
        post = await open_post()
        store = Failing(post.container.storage, fails={fails})
        post.container.__dict__["storage"] = store
        one = await post.arrive()
        room = await one.room()
        ticket = (await one.announces(room, PHOTO)).json()
        await one.uploads(ticket, PHOTO)
        store.away = True
        for _ in range(2):
            assert refused(await one.completes(ticket["file_id"])) == (503, "storage_unavailable")
        assert refused(await one.says(room, ticket["file_id"])) == (409, "file_not_ready")
        store.away = False
        assert (await one.completes(ticket["file_id"])).status_code == 200

    async def test_an_upload_that_is_not_removed_at_once_is_no_failure(self, open_post: Open) -> None:
        post = await open_post()
        store = Failing(post.container.storage, fails={"delete"})
        post.container.__dict__["storage"] = store
        one = await post.arrive()
        store.away = True
        sent = await one.has_sent(await one.room(), PHOTO)
        assert (await one.gets(sent["id"])).status_code == 200
        assert f"incoming/{sent['id']}" in await post.kept(sent["id"])
        store.away = False
        assert (await one.ask("DELETE", f"/files/{sent['id']}")).status_code == 204
        await post.purge()
        assert await post.kept(sent["id"]) == []

    async def test_a_full_disk_takes_nothing_and_keeps_what_is_there(self, open_post: Open, tmp_path: Path) -> None:
        post = await open_post()
        one = await post.arrive()
        room = await one.room()
        file = (await one.has_sent(room, PHOTO))["id"]
        post.container.__dict__["storage"] = LocalStorage(tmp_path, "a secret", reserve=2**60)
        full = await open_post()
        full.container.__dict__["storage"] = post.container.storage
        again = Sender(Post.of(full.container), one.token, one.id)
        assert refused(await again.announces(room, PHOTO)) == (507, "storage_full")
        assert (await one.gets(file)).status_code == 200

    async def test_a_disk_that_fills_up_meanwhile_leaves_no_half_file(self, post: Post, one: Sender) -> None:
        data = PDF * 20_000
        ticket = (await one.announces(await one.room(), data, "a.pdf", "")).json()
        await one.uploads(ticket, data)
        with no_file_larger_than(2**16):
            assert refused(await one.completes(ticket["file_id"])) == (507, "storage_full")
        assert await post.kept(ticket["file_id"]) == [f"incoming/{ticket['file_id']}"]
        assert refused(await one.gets(ticket["file_id"])) == (404, "file_missing")
        assert (await one.completes(ticket["file_id"])).status_code == 200
        assert (await one.gets(ticket["file_id"])).content == data

    async def test_objects_that_are_lost_are_said_to_be(self, post: Post, one: Sender) -> None:
        sent = await one.has_sent(await one.room(), PHOTO)
        for key in await post.kept(sent["id"]):
            await post.container.storage.delete(key)
        for what in ("", "/thumbnail"):
            assert refused(await one.gets(sent["id"], what)) == (404, "object_missing")

    async def test_a_process_that_dies_in_the_middle_leaves_a_file_that_can_be_completed(
        self, open_post: Open, clock: Clockwork
    ) -> None:
        async with clamd.clamd(answer=clamd.hang) as scanner:
            post = await open_post(clamav=scanner.address)
            one = await post.arrive()
            ticket = (await one.announces(await one.room(), PHOTO)).json()
            await one.uploads(ticket, PHOTO)
            dying = asyncio.create_task(one.completes(ticket["file_id"]))
            await scanner.reached.wait()
            dying.cancel()  # as a process does: nothing is told, nothing tidied up
            with pytest.raises(asyncio.CancelledError):
                await dying
            scanner.answer = clamd.honest
            assert refused(await one.completes(ticket["file_id"])) == (503, "file_busy")
            clock.move(minutes=2, seconds=1)
            assert (await one.completes(ticket["file_id"])).status_code == 200

    async def test_what_was_removed_while_it_was_looked_at_goes_once_nobody_writes(
        self, open_post: Open, clock: Clockwork
    ) -> None:
        async with clamd.clamd(answer=clamd.hang) as scanner:
            post = await open_post(clamav=scanner.address)
            one = await post.arrive()
            ticket = (await one.announces(await one.room(), PHOTO)).json()
            await one.uploads(ticket, PHOTO)
            dying = asyncio.create_task(one.completes(ticket["file_id"]))
            await scanner.reached.wait()
            assert (await one.ask("DELETE", f"/files/{ticket['file_id']}")).status_code == 204
            await post.purge()
            assert await post.kept(ticket["file_id"]) == [f"incoming/{ticket['file_id']}"]
            dying.cancel()
            with pytest.raises(asyncio.CancelledError):
                await dying
        clock.move(minutes=2, seconds=1)
        await post.purge()
        assert await post.kept(ticket["file_id"]) == []


class TestScanner:
    async def test_looks_at_every_file(self, open_post: Open) -> None:
        async with clamd.clamd() as scanner:
            post = await open_post(clamav=scanner.address)
            one = await post.arrive()
            room = await one.room()
            await one.has_sent(room, PHOTO)
            await one.has_sent(room, PDF, "a.pdf", "application/pdf")
            assert scanner.scanned == [PHOTO, PDF]
            for data, type_ in ((PHOTO + clamd.EICAR, "image/jpeg"), (clamd.EICAR, "text/plain")):
                ticket = (await one.announces(room, data, type_=type_)).json()
                await one.uploads(ticket, data)
                assert refused(await one.completes(ticket["file_id"])) == (422, "file_infected")
                assert refused(await one.completes(ticket["file_id"])) == (404, "file_missing")
                await post.purge()
                assert await post.kept(ticket["file_id"]) == []

    @pytest.mark.parametrize(
        "answer", [clamd.saying(b"garbage\0"), clamd.hang_up, clamd.hang], ids=lambda a: a.__name__
    )
    async def test_that_does_not_answer_lets_nothing_through(self, open_post: Open, answer: clamd.Answer) -> None:
        async with clamd.clamd(answer=answer) as scanner:
            post = await open_post(clamav=scanner.address, clamav_patience="PT0.3S")
            one = await post.arrive()
            room = await one.room()
            ticket = (await one.announces(room, PDF, "a.pdf", "")).json()
            await one.uploads(ticket, PDF)
            assert refused(await one.completes(ticket["file_id"])) == (503, "scanner_unavailable")
            assert refused(await one.gets(ticket["file_id"])) == (404, "file_missing")
            scanner.answer = clamd.honest
            assert (await one.completes(ticket["file_id"])).status_code == 200

    async def test_that_is_away_lets_nothing_through(self, open_post: Open) -> None:
        post = await open_post(clamav="unix:///nowhere/clamd.ctl")
        one = await post.arrive()
        assert refused(await one.sends(await one.room(), PDF, "a.pdf", "")) == (503, "scanner_unavailable")
