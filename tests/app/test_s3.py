"""The same way of a photo with its objects in a real S3 server: the client uploads straight to it."""

import pytest
from tests.conftest import OwnSettings
from tests.support.client import Person
from tests.support.pictures import new_photo
from tests.support.platform import running
from tests.support.s3 import s3_server


async def test_a_photo_goes_through_s3(own_settings: OwnSettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        settings, logs = await own_settings(storage_url=address), tmp_path_factory.mktemp("logs")
        with running(settings, "single", logs, BUNRI_STORAGE_URL=address) as platform:
            person = Person.arrives(platform)
            photo = new_photo()
            job = person.begins(photo)
            port = address.split("@")[1].split("/")[0]
            assert job["upload_url"].startswith(f"http://{port}/bunri/")
            assert person.uploads(job, photo + b"more").status_code >= 400
            assert person.completes(job).json()["code"] == "upload_missing"
            assert person.uploads(job, photo).status_code == 200
            assert person.completes(job, note="신문지").status_code == 200
            assert person.waits(job)["status"] == "done"
            shown = person.ask("GET", "/api/v1/waste/jobs").json()[0]
            assert platform.http.get(shown["photo_url"]).headers["content-type"] == "image/webp"
