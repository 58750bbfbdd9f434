"""A photo becomes advice, over HTTP, in both arrangements: the same tests for one process and for many."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine
from tests.support.client import Person
from tests.support.pictures import cropped, encoded, new_photo, new_picture, new_seed, on_a_table, screenshot
from tests.support.platform import Platform

from bunri.app.settings import Settings
from bunri.domains.waste.models import TrainingSampleRow
from bunri.domains.waste.objects import sample_key
from bunri.platform.db.address import owner_address

CITY_HALL = {"lat": 37.5663, "lng": 126.9779}


@pytest.fixture(scope="session")
def settings(platform_settings: Settings) -> Settings:
    """Those of the product that is asked."""
    return platform_settings


@pytest.fixture
def platform(arrangement: Platform) -> Platform:
    return arrangement


@pytest.fixture
def person(platform: Platform) -> Person:
    return Person.arrives(platform)


class TestTheWholeWay:
    def test_a_photo_ends_in_advice_with_its_reason_and_rule(self, platform: Platform, person: Person) -> None:
        status = person.analyzes(new_photo(), note="컵라면 용기", location=CITY_HALL)
        assert (status["status"], status["progress"], status["stage"]) == ("done", 100, "done")
        result = status["result"]
        item = result["items"][0]
        assert "컵라면" in item["name"]
        assert item["disposal"]["steps"]
        assert item["disposal"]["why"]
        assert item["disposal"]["rule"]["source"]
        assert item["disposal"]["rule"]["date"]
        assert item["disposal"]["rule"]["version"]
        assert result["waste_type"] == item["disposal"]["category"]
        assert result["feedback"]
        assert result["cached"] is None if "cached" in result else True

    def test_every_status_on_the_way_is_one_of_the_contract(self, platform: Platform, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        before = person.status(job)
        assert (before["status"], before["progress"]) == ("created", 0)
        person.uploads(job, photo)
        seen = [before["progress"]]
        person.completes(job)
        while (status := person.status(job))["status"] not in ("done", "asked", "failed"):
            seen.append(status["progress"])
        assert seen == sorted(seen)
        assert set(seen) <= {0, 10, 20, 30, 40, 50, 60, 70, 80, 90}

    def test_what_was_not_recognised_is_asked_and_the_answer_completes_it(
        self, platform: Platform, person: Person
    ) -> None:
        photo = new_photo()
        job = person.begins(photo)
        person.uploads(job, photo)
        person.completes(job, location=CITY_HALL)
        status = person.waits(job)
        assert (status["status"], status["progress"]) == ("asked", 100)
        question = status["result"]["items"][0]["question"]
        assert question["text"]
        assert len(question["choices"]) >= 2
        choice = question["choices"][0]["value"]
        answered = person.ask("POST", f"/api/v1/waste/jobs/{job['job_id']}/answer", json={"value": choice}).json()
        assert answered["status"] == "done"
        assert answered["result"]["items"][0]["confidence"] == 1.0
        assert "question" not in answered["result"]["items"][0]
        assert person.status(job) == answered

    def test_words_answer_too_and_nonsense_is_refused(self, platform: Platform, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        person.uploads(job, photo)
        person.completes(job)
        person.waits(job)
        path = f"/api/v1/waste/jobs/{job['job_id']}/answer"
        refused = person.ask("POST", path, json={"text": "qqqqzzzzxxxx"})
        assert (refused.status_code, refused.json()["code"]) == (422, "answer_unknown")
        near = person.ask("POST", path, json={"text": "의자 바퀴"})
        assert (near.status_code, near.json()["code"]) == (422, "answer_unknown")
        assert "의자" in near.json()["detail"]
        answered = person.ask("POST", path, json={"text": "깨진 유리"}).json()
        assert answered["status"] == "done"
        assert "유리" in answered["result"]["items"][0]["name"]

    def test_a_correction_and_tags_change_the_advice(self, platform: Platform, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        person.uploads(job, photo)
        person.completes(job, note="컵라면 용기")
        clean = person.waits(job)["result"]
        path = f"/api/v1/waste/jobs/{job['job_id']}/correct"
        dirty = person.ask("POST", path, json={"tags": ["food_left", "greasy"]}).json()["result"]
        assert dirty["items"][0]["tags"] == ["food_left", "greasy"]
        assert dirty["items"][0]["disposal"]["steps"] != clean["items"][0]["disposal"]["steps"]
        other = person.ask("POST", path, json={"text": "우유팩"}).json()["result"]
        assert other["items"][0]["material"] == "carton"

    def test_english_is_answered_in_english(self, platform: Platform) -> None:
        person = Person.arrives(platform, language="en")
        status = person.analyzes(new_photo(), note="milk carton")
        assert status["message"] == "Done."
        assert status["result"]["items"][0]["disposal"]["why"].isascii()

    def test_the_same_photo_again_is_an_exact_hit(self, platform: Platform, person: Person) -> None:
        photo = new_photo()
        first = person.analyzes(photo, note="신문지")["result"]
        again = Person.arrives(platform).analyzes(photo, note="신문지")["result"]
        if first["models"]:
            assert again["cached"] == "exact"
        assert again["items"] == first["items"]

    def test_a_crop_and_a_screenshot_are_answered_as_the_photo_and_another_thing_is_not(
        self, platform: Platform, person: Person
    ) -> None:
        table = new_seed()
        view, other = on_a_table(table, 1), on_a_table(table, 2)
        first = person.analyzes(encoded(view), note="신문지")["result"]
        again = [
            person.analyzes(encoded(copy), note="신문지")["result"] for copy in (cropped(view, 0.02), screenshot(view))
        ]
        another = person.analyzes(encoded(other), note="신문지")["result"]
        assert another.get("cached") is None
        if first["models"]:
            assert [result["cached"] for result in again] == ["near", "near"]
        assert [result["items"][0]["name"] for result in again] == [first["items"][0]["name"]] * 2

    @pytest.mark.parametrize(("kind", "content_type"), [("PNG", "image/png"), ("WEBP", "image/webp")])
    def test_other_formats_are_read_too(self, platform: Platform, person: Person, kind: str, content_type: str) -> None:
        photo = encoded(new_picture(), kind)
        assert person.analyzes(photo, content_type)["status"] in ("done", "asked")

    def test_a_media_type_is_the_same_however_it_is_written(self, platform: Platform, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo, "IMAGE/JPEG ; q=1")
        assert job["upload_headers"] == {"Content-Type": "image/jpeg"}
        written = {"Content-Type": 'Image/Jpeg;name="a;b.jpg"', "Expect": "100-continue", "Content-MD5": "Q2hlY2s="}
        packed = {**written, "Content-Encoding": "gzip"}
        refused = platform.http.put(job["upload_url"], content=photo, headers=packed)
        assert (refused.status_code, refused.json()["code"]) == (415, "body_encoded")
        assert platform.http.put(job["upload_url"], content=photo, headers=written).status_code == 200
        person.completes(job)
        assert person.waits(job)["status"] in ("done", "asked")

    @pytest.mark.parametrize("written", ["", "jpeg", "image/jpeg garbage", "image/gif", "image/jpeg, image/jpeg"])
    def test_what_is_no_photo_type_is_refused(self, person: Person, written: str) -> None:
        answer = person.ask("POST", "/api/v1/waste/analyze", json={"content_type": written, "size": 9})
        assert (answer.status_code, answer.json()["code"]) == (415, "photo_type_unsupported")


class TestEvents:
    def test_the_stream_tells_changes_and_ends_with_the_job(self, platform: Platform, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        person.uploads(job, photo)
        person.completes(job)
        headers = {"Authorization": f"Bearer {person.token}"}
        url = platform.url(f"/api/v1/waste/status/{job['job_id']}/events")
        with platform.http.stream("GET", url, headers=headers) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = [line for line in stream.iter_lines() if line.startswith("data: ")]
        assert '"progress":100' in lines[-1]
        assert '"result"' in lines[-1]

    def test_a_foreign_job_has_no_stream(self, platform: Platform, person: Person) -> None:
        job = person.begins(new_photo())
        stranger = Person.arrives(platform)
        assert stranger.ask("GET", f"/api/v1/waste/status/{job['job_id']}/events").status_code == 404


class TestHistory:
    def test_pages_go_back_in_time_without_gaps(self, platform: Platform) -> None:
        person = Person.arrives(platform)
        made = [person.begins(new_photo())["job_id"] for _ in range(5)]
        found: list[str] = []
        cursor: str | None = None
        while True:
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            response = person.ask("GET", "/api/v1/waste/jobs", params={"limit": 2, **more})
            found += [job["job_id"] for job in response.json()]
            cursor = response.headers.get("X-Next-Cursor")
            if cursor is None:
                break
        assert found == made[::-1]

    def test_an_ended_job_shows_its_picture_without_exif(self, platform: Platform, person: Person) -> None:
        image = new_picture()
        exif = image.getexif()
        exif[0x010F] = "SECRET-CAMERA"
        photo = encoded(image, "JPEG", exif=exif)
        assert b"SECRET-CAMERA" in photo
        person.analyzes(photo, note="신문지")
        entry = person.ask("GET", "/api/v1/waste/jobs", params={"limit": 1}).json()[0]
        kept = httpx.get(entry["photo_url"])
        assert kept.headers["content-type"] == "image/webp"
        assert kept.headers["x-content-type-options"] == "nosniff"
        assert b"SECRET-CAMERA" not in kept.content

    def test_one_line_of_it_is_found_by_its_job(self, platform: Platform, person: Person) -> None:
        person.analyzes(new_photo(), note="신문지")
        entry = person.ask("GET", "/api/v1/waste/jobs", params={"limit": 1}).json()[0]
        line = person.ask("GET", f"/api/v1/waste/jobs/{entry['job_id']}").json()
        assert {**line, "photo_url": None} == {**entry, "photo_url": None}
        assert httpx.get(line["photo_url"]).headers["content-type"] == "image/webp"
        stranger = Person.arrives(platform)
        assert stranger.ask("GET", f"/api/v1/waste/jobs/{entry['job_id']}").json()["code"] == "job_missing"

    def test_what_is_removed_is_gone_with_its_picture(self, platform: Platform, person: Person) -> None:
        person.analyzes(new_photo(), note="신문지")
        entry = person.ask("GET", "/api/v1/waste/jobs", params={"limit": 1}).json()[0]
        assert person.ask("DELETE", f"/api/v1/waste/jobs/{entry['job_id']}").status_code == 204
        assert person.ask("GET", f"/api/v1/waste/status/{entry['job_id']}").status_code == 404
        assert httpx.get(entry["photo_url"]).status_code == 404

    def test_a_cursor_of_somebody_elses_making_is_refused(self, person: Person) -> None:
        response = person.ask("GET", "/api/v1/waste/jobs", params={"cursor": "nonsense"})
        assert (response.status_code, response.json()["code"]) == (422, "bad_cursor")


class TestTeaching:
    """A picture is kept beyond its job only with consent, and only until that is taken back."""

    def _answered(self, person: Person, **said: Any) -> str:
        """A job whose first item has been replied to."""
        photo = new_photo()
        job = person.begins(photo)
        person.uploads(job, photo)
        person.completes(job, note="컵라면 용기")
        person.waits(job)
        response = person.ask("POST", f"/api/v1/waste/jobs/{job['job_id']}/correct", json=said)
        assert response.status_code == 200, response.text
        return str(job["job_id"])

    def test_with_consent_it_is_kept_until_the_analysis_is_removed(
        self, platform: Platform, person: Person, settings: Settings
    ) -> None:
        job_id = self._answered(person, text="우유팩", consent=True)
        assert _kept(settings, job_id) == ([("correct", "carton")], True)
        assert Person.arrives(platform).ask("DELETE", f"/api/v1/waste/jobs/{job_id}").status_code == 404
        assert _kept(settings, job_id) == ([("correct", "carton")], True)
        assert person.ask("DELETE", f"/api/v1/waste/jobs/{job_id}").status_code == 204
        assert _kept(settings, job_id) == ([], False)

    def test_without_consent_it_is_not(self, platform: Platform, person: Person, settings: Settings) -> None:
        job_id = self._answered(person, text="우유팩")
        assert _kept(settings, job_id) == ([], False)

    def test_that_the_result_is_right_is_a_sample_too(
        self, platform: Platform, person: Person, settings: Settings
    ) -> None:
        job_id = self._answered(person, confirm=True, consent=True)
        kept, pictured = _kept(settings, job_id)
        assert [kind for kind, _ in kept] == ["confirm"]
        assert pictured

    def test_a_confirmation_with_another_word_is_refused(self, platform: Platform, person: Person) -> None:
        job = person.begins(new_photo())
        both = {"confirm": True, "value": "glass"}
        response = person.ask("POST", f"/api/v1/waste/jobs/{job['job_id']}/correct", json=both)
        assert response.status_code == 422

    def test_every_consent_is_taken_back_at_once_and_the_analyses_stay(
        self, platform: Platform, person: Person, settings: Settings
    ) -> None:
        jobs = [self._answered(person, confirm=True, consent=True) for _ in range(2)]
        assert person.ask("DELETE", "/api/v1/waste/examples").status_code == 204
        assert [_kept(settings, job_id) for job_id in jobs] == [([], False)] * 2
        assert person.ask("GET", f"/api/v1/waste/status/{jobs[0]}").json()["status"] == "done"
        assert person.ask("DELETE", "/api/v1/waste/examples").status_code == 204


def _kept(settings: Settings, job_id: str) -> tuple[list[tuple[str, str]], bool]:
    """Kind and material of a job's examples, and whether their picture lies in the store."""

    async def examples() -> list[tuple[str, str]]:
        engine = create_async_engine(owner_address(str(settings.database_url)))
        try:
            async with engine.connect() as connection:
                wanted = select(TrainingSampleRow.kind, TrainingSampleRow.material).where(
                    TrainingSampleRow.job_id == UUID(job_id)
                )
                return [(row.kind, row.material) for row in await connection.execute(wanted)]
        finally:
            await engine.dispose()

    return asyncio.run(examples()), (settings.data / "objects" / sample_key(UUID(job_id))).is_file()


class TestCancel:
    def test_a_job_that_waits_for_its_photo_is_cancelled(self, platform: Platform, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        assert person.ask("DELETE", f"/api/v1/waste/jobs/{job['job_id']}").status_code == 204
        assert person.status(job)["status"] == "cancelled"
        assert person.completes(job).json()["code"] == "job_ended"


class TestTickets:
    """An upload that nobody waits for any more is refused, so that nothing is left behind by it."""

    def test_are_of_no_use_once_the_analysis_has_begun(self, platform: Platform, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        assert person.uploads(job, photo).is_success
        assert person.uploads(job, photo).is_success  # until then the last one counts
        assert person.completes(job).status_code == 200
        self._is_refused(person, job, photo)
        assert person.waits(job)["status"] in ("done", "asked")
        self._is_refused(person, job, photo)

    def test_are_of_no_use_once_the_analysis_is_dropped(self, platform: Platform, person: Person) -> None:
        photo = new_photo()
        job = person.begins(photo)
        assert person.ask("DELETE", f"/api/v1/waste/jobs/{job['job_id']}").status_code == 204
        self._is_refused(person, job, photo)

    @staticmethod
    def _is_refused(person: Person, job: dict[str, Any], photo: bytes) -> None:
        answer = person.uploads(job, photo)
        assert (answer.status_code, answer.json()["code"]) == (409, "ticket_used")
