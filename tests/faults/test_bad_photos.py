"""What bad things get: a clear error or a finished job, never a stuck one."""

import struct
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from typing import Final
from uuid import UUID

import httpx
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select
from tests.conftest import Sessions
from tests.support.client import Person
from tests.support.pictures import encoded, new_photo, new_picture, noise
from tests.support.platform import Platform

from bunri.app.settings import Settings
from bunri.domains.waste.models import JobRow
from bunri.kit.ids import new_id


@pytest.fixture(scope="session")
def settings(platform_settings: Settings) -> Settings:
    """Those of the product that is asked."""
    return platform_settings


@pytest.fixture
def person(single: Platform) -> Person:
    return Person.arrives(single, language="en")


def _png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def _frame(number: int) -> Image.Image:
    frame = Image.new("RGB", (4, 4), (number % 256, number // 256, 0))
    frame.paste("white", (0, 0, 4, 2))  # an even colour would be refused as an empty picture
    return frame


def _webp_of(frames: int) -> bytes:
    out = BytesIO()
    first, *rest = [_frame(n) for n in range(frames)]
    first.save(out, "WEBP", save_all=True, append_images=rest, duration=20, method=0, lossless=True)
    return out.getvalue()


def _jpeg_of_scans(times: int) -> bytes:
    data = encoded(new_picture(), "JPEG", progressive=True)
    scan = data.index(b"\xff\xda")
    return data[:scan] + data[scan:-2] * times + data[-2:]


def _deep(width: int, height: int) -> Image.Image:
    """Of 16 bits a pixel."""
    return Image.fromarray(np.random.default_rng(6002).integers(0, 65536, (height, width), dtype=np.uint16))


BAD: Final[dict[str, tuple[Callable[[], bytes], str, str | None]]] = {
    "a PDF named .jpg": (lambda: b"%PDF-1.7\n" + bytes(500), "image/jpeg", "not_a_photo"),
    "no picture at all": (lambda: bytes(range(256)) * 4, "image/png", None),
    "a 50k × 50k PNG": (lambda: _png_of(50_000, 50_000), "image/png", "too_many_pixels"),
    "a 10k-frame WebP": (lambda: _webp_of(10_000), "image/webp", "too_many_frames"),
    "a JPEG of 300 scans": (lambda: _jpeg_of_scans(30), "image/jpeg", "too_costly"),
    "a truncated JPEG": (lambda: new_photo()[:9_000], "image/jpeg", "broken_photo"),
    "a JPEG of one byte": (lambda: b"\xff", "image/jpeg", None),
    "a picture of one black pixel": (lambda: encoded(Image.new("RGB", (1, 1)), "PNG"), "image/png", "too_dark"),
    "a covered lens": (lambda: encoded(noise(5, 8)), "image/jpeg", "too_dark"),
    "a white wall": (lambda: encoded(Image.new("RGB", (640, 480), "white")), "image/jpeg", "empty_picture"),
    "a grey wall in grainy light": (lambda: encoded(noise(130, 12)), "image/jpeg", "empty_picture"),
}

ODD: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "an animated WebP of three frames": (lambda: _webp_of(3), "image/webp"),
    "a CMYK JPEG": (lambda: encoded(new_picture().convert("CMYK"), "JPEG"), "image/jpeg"),
    "a 16-bit PNG": (lambda: encoded(_deep(120, 90), "PNG"), "image/png"),
    "a grey JPEG": (lambda: encoded(new_picture().convert("L"), "JPEG"), "image/jpeg"),
    "a PNG announced as a JPEG": (lambda: encoded(new_picture(), "PNG"), "image/jpeg"),
}


class TestPhotos:
    @pytest.mark.parametrize("what", BAD)
    def test_a_bad_photo_fails_with_a_sentence(self, person: Person, what: str) -> None:
        photo, content_type, code = BAD[what]
        status = person.analyzes(photo(), content_type)
        assert (status["status"], status["progress"]) == ("failed", -1)
        assert status["code"] == (code or status["code"])
        assert status["code"] not in ("internal", "gave_up")
        assert status["retryable"] is False
        assert len(status["message"]) > 10

    def test_words_are_answered_where_nothing_is_to_be_seen(self, person: Person) -> None:
        status = person.analyzes(encoded(noise(4, 5)), note="milk carton")
        assert status["status"] == "done"
        assert status["result"]["items"][0]["item"] == "milk-carton"

    @pytest.mark.parametrize("what", ODD)
    def test_an_odd_photo_is_read(self, person: Person, what: str) -> None:
        photo, content_type = ODD[what]
        assert person.analyzes(photo(), content_type)["status"] in ("done", "asked")

    @pytest.mark.parametrize(
        ("asked", "status", "code"),
        [
            ({"content_type": "image/jpeg", "size": 0}, 422, "invalid"),
            ({"content_type": "image/jpeg", "size": -5}, 422, "invalid"),
            ({"content_type": "image/jpeg", "size": 40 * 2**20}, 413, "photo_size_unsupported"),
            ({"content_type": "application/pdf", "size": 100}, 415, "photo_type_unsupported"),
            ({"content_type": "image/svg+xml", "size": 100}, 415, "photo_type_unsupported"),
            ({"content_type": "image/jpeg", "size": 100, "sha256": "abc"}, 422, "invalid"),
            ({"size": 100}, 422, "invalid"),
            ([], 422, "invalid"),
        ],
    )
    def test_what_we_do_not_take_is_refused_before_the_upload(
        self, person: Person, asked: object, status: int, code: str
    ) -> None:
        response = person.ask("POST", "/api/v1/waste/analyze", json=asked)
        assert (response.status_code, response.json()["code"]) == (status, code)
        assert response.headers["content-type"] == "application/problem+json"


class TestRegions:
    def test_an_unknown_region_is_refused_with_those_like_it(self, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        person.uploads(job, photo)
        refused = person.completes(job, region="nowhere")
        assert (refused.status_code, refused.json()["code"]) == (404, "region_missing")
        assert "seoul-nowon (Nowon-gu, Seoul)" in refused.json()["detail"]
        assert person.status(job)["status"] == "created"
        assert person.completes(job, region="노원구").status_code == 200
        rule = person.waits(job)["result"]["items"][0]["disposal"]["rule"]
        assert rule["region"] in (None, "seoul", "seoul-nowon")

    @pytest.mark.parametrize("region", ["", "  ", "x" * 81, "a\u0000b"])
    def test_what_cannot_be_a_region_is_refused(self, person: Person, region: str) -> None:
        photo = new_photo()
        job = person.begins(photo)
        person.uploads(job, photo)
        assert person.completes(job, region=region).json()["code"] == "invalid"


class TestUploads:
    def test_more_bytes_than_announced_are_not_taken(self, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        assert person.uploads(job, photo + b"more").status_code == 422
        assert person.completes(job).json()["code"] == "upload_missing"

    def test_half_an_upload_leaves_nothing(self, single: Platform, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        url = httpx.URL(job["upload_url"])

        def half() -> Iterator[bytes]:
            yield photo[: len(photo) // 2]
            raise ConnectionAbortedError

        headers = {**job["upload_headers"], "content-length": str(len(photo))}
        with pytest.raises((httpx.HTTPError, ConnectionAbortedError)):
            httpx.put(url, content=half(), headers=headers)
        assert person.completes(job).json()["code"] == "upload_missing"
        assert person.uploads(job, photo).status_code == 200
        assert person.completes(job).status_code == 200

    def test_a_tampered_ticket_is_refused(self, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        job["upload_url"] = job["upload_url"].replace("size=", "size=1")
        response = person.uploads(job, photo)
        assert (response.status_code, response.headers["content-type"]) == (403, "application/problem+json")

    def test_a_ticket_opens_one_object_only(self, person: Person) -> None:
        photo = new_photo()
        one, other = person.begins(photo), person.begins(photo)
        one["upload_url"] = one["upload_url"].replace(one["job_id"], other["job_id"])
        assert person.uploads(one, photo).status_code == 403

    def test_another_type_than_announced_is_refused(self, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        job["upload_headers"] = {**job["upload_headers"], "Content-Type": "text/html"}
        assert person.uploads(job, photo).status_code in (415, 422)

    def test_completing_without_an_upload_is_refused_and_can_be_mended(self, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        refused = person.completes(job)
        assert (refused.status_code, refused.json()["code"]) == (409, "upload_missing")
        person.uploads(job, photo)
        assert person.completes(job).status_code == 200

    def test_other_bytes_than_announced_by_hash_fail_the_job(self, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo, sha256=sha256(b"something else").hexdigest())
        person.uploads(job, photo)
        person.completes(job)
        assert person.waits(job)["code"] == "upload_corrupt"

    async def test_completing_twice_at_once_starts_one_job(self, person: Person, session_of: Sessions) -> None:
        photo = new_photo()
        job = person.begins(photo)
        person.uploads(job, photo)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: person.completes(job), range(8)))
        assert {answer.status_code for answer in answers} == {200}
        person.waits(job)
        async with session_of("waste") as session:
            row = (await session.execute(select(JobRow).where(JobRow.id == UUID(job["job_id"])))).scalar_one()
            assert row.attempt == 1


class TestStrangers:
    def test_another_persons_job_looks_like_none(self, single: Platform, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        stranger = Person.arrives(single)
        for method, path, body in (
            ("GET", f"/api/v1/waste/status/{job['job_id']}", None),
            ("POST", f"/api/v1/waste/upload-complete/{job['job_id']}", {}),
            ("POST", f"/api/v1/waste/jobs/{job['job_id']}/answer", {"value": "glass"}),
            ("POST", f"/api/v1/waste/jobs/{job['job_id']}/correct", {"value": "glass"}),
            ("DELETE", f"/api/v1/waste/jobs/{job['job_id']}", None),
        ):
            foreign = stranger.ask(method, path, json=body)
            missing = stranger.ask(method, path.replace(job["job_id"], str(new_id())), json=body)
            assert (foreign.status_code, foreign.json()["code"]) == (404, "job_missing")
            assert foreign.json()["detail"] == missing.json()["detail"]

    @pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer x.y.z", "Basic abc"])
    def test_nobody_gets_nowhere(self, single: Platform, person: Person, authorization: str | None) -> None:
        job = person.begins(new_photo())
        headers = {"Authorization": authorization} if authorization is not None else {}
        url = single.url(f"/api/v1/waste/status/{job['job_id']}")
        response = httpx.get(url, headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
