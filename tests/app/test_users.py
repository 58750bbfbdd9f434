"""Profiles, pictures, archives and leaving, in the running product, in one process and in many."""

import io
import time
import zipfile
from typing import Any

import httpx
import orjson
import pytest
from PIL import Image
from tests.platform.photos.samples import encoded, exif, scene
from tests.support.client import Person
from tests.support.platform import Platform

ME = "/api/v1/users/me"


def problem(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_somebody_who_has_said_nothing(arrangement: Platform) -> None:
    person = Person.arrives(arrangement)
    told = person.ask("GET", ME)
    assert told.headers["cache-control"] == "no-store"
    me = told.json()
    assert (me["id"], me["username"], me["kind"], me["email"]) == (person.id, "초록이", "guest", None)
    assert (me["region"], me["time_zone"], me["reminder_hour"], me["mails"]) == (None, "Asia/Seoul", None, [])
    assert (me["teaches"], me["avatar_url"], me["has_password"]) == (None, None, False)


def test_what_is_said_stays_and_can_be_taken_back(arrangement: Platform) -> None:
    person = Person.arrives(arrangement)
    said = {
        "username": "새 이름",
        "language": "en",
        "region": "seoul-nowon",
        "building": "한빛아파트 3동",
        "time_zone": "Europe/Berlin",
        "reminder_hour": 20,
        "mails": ["reviews", "collection_days", "reviews"],
        "teaches": True,
    }
    me = person.ask("PATCH", ME, json=said).json()
    assert {name: me[name] for name in said} == {**said, "mails": ["collection_days", "reviews"]}
    assert person.ask("GET", ME).json() == me
    again = person.ask("PATCH", ME, json={"region": None, "reminder_hour": None, "username": None}).json()
    assert again == {**me, "region": None, "reminder_hour": None}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"time_zone": "Seoul"}, "time_zone_unknown"),
        ({"time_zone": "../../etc/passwd"}, "invalid"),
        ({"reminder_hour": 24}, "invalid"),
        ({"username": "  "}, "invalid"),
        ({"building": "3동\n4동"}, "invalid"),
        ({"mails": ["advertising"]}, "invalid"),
        ({"region": "Seoul; drop table"}, "invalid"),
        ({"roles": ["admin"]}, "invalid"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(single: Platform, said: dict[str, Any], code: str) -> None:
    person = Person.arrives(single)
    before = person.ask("GET", ME).json()
    assert problem(person.ask("PATCH", ME, json=said)) == (422, code)
    assert person.ask("GET", ME).json() == before


class TestAvatar:
    def test_is_a_small_square_without_place_and_time(self, arrangement: Platform) -> None:
        person = Person.arrives(arrangement)
        photo = encoded(scene(900, 600, 3), "JPEG", exif=exif(gps=True))
        me = person.ask("PUT", f"{ME}/avatar", content=photo, headers={"Content-Type": "image/jpeg"}).json()
        looked = arrangement.http.get(arrangement.url(me["avatar_url"]))
        assert looked.headers["content-type"] == "image/webp"
        assert "immutable" in looked.headers["cache-control"]
        picture = Image.open(io.BytesIO(looked.content))
        assert (picture.format, picture.size) == ("WEBP", (256, 256))
        assert not picture.getexif()

    def test_another_takes_its_place_and_none_is_left(self, single: Platform) -> None:
        person = Person.arrives(single)
        urls = []
        for seed in (1, 2):
            photo = encoded(scene(300, 300, seed), "PNG")
            urls.append(person.ask("PUT", f"{ME}/avatar", content=photo).json()["avatar_url"])
        assert [single.http.get(single.url(url)).status_code for url in urls] == [404, 200]
        assert person.ask("DELETE", f"{ME}/avatar").status_code == 204
        assert single.http.get(single.url(urls[1])).status_code == 404
        assert person.ask("GET", ME).json()["avatar_url"] is None

    @pytest.mark.parametrize(
        ("sent", "status", "code"),
        [
            (b"", 422, "empty_photo"),
            (b"%PDF-1.7 ...", 415, "not_a_photo"),
            (b"\xff\xd8\xff\xe0" * 9, 422, "broken_photo"),
        ],
        ids=["nothing", "pdf", "broken"],
    )
    def test_what_is_no_picture_changes_nothing(self, single: Platform, sent: bytes, status: int, code: str) -> None:
        person = Person.arrives(single)
        assert problem(person.ask("PUT", f"{ME}/avatar", content=sent)) == (status, code)
        assert person.ask("GET", ME).json()["avatar_url"] is None


class TestExport:
    def test_has_everything_with_pictures(self, arrangement: Platform) -> None:
        person = Person.arrives(arrangement)
        person.ask("PUT", f"{ME}/avatar", content=encoded(scene(300, 300, 5), "PNG"))
        status = person.analyzes(encoded(scene(800, 600, 77), "JPEG"), note="컵")
        asked = person.ask("POST", f"{ME}/exports")
        assert asked.status_code == 202
        ready = _ready(person, asked.headers["location"])
        with _archive(arrangement, ready) as archive:
            assert archive.testzip() is None
            names = set(archive.namelist())
            assert {"README.txt", "auth.json", "users.json", "waste.json", "locations.json"} <= names
            auth, waste, users = (orjson.loads(archive.read(f"{name}.json")) for name in ("auth", "waste", "users"))
            assert (auth["id"], auth["name"]) == (person.id, "초록이")
            [analysis] = waste["analyses"]
            assert (analysis["job_id"], analysis["note"]) == (status["job_id"], "컵")
            assert users["picture"] in names
            if analysis["thumbnail"]:
                assert Image.open(io.BytesIO(archive.read(analysis["thumbnail"]))).format == "WEBP"

    def test_is_its_owners_alone_and_can_be_removed(self, single: Platform) -> None:
        person, stranger = Person.arrives(single), Person.arrives(single)
        path = person.ask("POST", f"{ME}/exports").headers["location"]
        ready = _ready(person, path)
        assert problem(stranger.ask("GET", path)) == (404, "export_missing")
        assert problem(stranger.ask("DELETE", path)) == (404, "export_missing")
        assert stranger.ask("GET", f"{ME}/exports").json() == []
        assert [each["id"] for each in person.ask("GET", f"{ME}/exports").json()] == [ready["id"]]
        assert person.ask("DELETE", path).status_code == 204
        assert single.http.get(ready["download_url"]).status_code == 404
        assert person.ask("GET", f"{ME}/exports").json() == []

    def test_a_new_one_takes_the_place_of_the_last(self, single: Platform) -> None:
        person = Person.arrives(single)
        first = _ready(person, person.ask("POST", f"{ME}/exports").headers["location"])
        second = _ready(person, person.ask("POST", f"{ME}/exports").headers["location"])
        assert single.http.get(first["download_url"]).status_code == 404
        assert single.http.get(second["download_url"]).status_code == 200


class TestLeaving:
    def test_a_guest_is_forgotten_at_once(self, arrangement: Platform) -> None:
        person = Person.arrives(arrangement)
        picture = person.ask("PUT", f"{ME}/avatar", content=encoded(scene(300, 300, 6), "PNG")).json()["avatar_url"]
        left = person.ask("DELETE", ME)
        assert left.status_code == 200
        assert "cookies" in left.headers["clear-site-data"]
        deadline = time.monotonic() + 20
        while arrangement.http.get(arrangement.url(picture)).status_code != 404:
            assert time.monotonic() < deadline, "the picture is still there"
            time.sleep(0.1)
        while person.ask("GET", ME).status_code != 401:
            assert time.monotonic() < deadline, "the token is still good"
            time.sleep(0.1)


def _ready(person: Person, path: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    seen: list[int] = []
    while True:
        told: dict[str, Any] = person.ask("GET", path).json()
        seen.append(told["progress"])
        if told["state"] == "ready":
            assert seen == sorted(seen)
            assert told["progress"] == 100
            return told
        assert told["state"] in ("waiting", "working")
        assert time.monotonic() < deadline, told
        time.sleep(0.05)


def _archive(platform: Platform, ready: dict[str, Any]) -> zipfile.ZipFile:
    """Fetched without a token, as a browser does."""
    fetched = platform.http.get(ready["download_url"])
    assert fetched.status_code == 200
    assert fetched.headers["content-type"] == "application/zip"
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert len(fetched.content) == ready["size"]
    return zipfile.ZipFile(io.BytesIO(fetched.content))
