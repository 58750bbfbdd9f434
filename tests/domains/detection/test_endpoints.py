"""``/api/v1/detect`` as people call it."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image
from tests.domains.detection.conftest import DETECT, a_bottle_and_a_cup
from tests.platform.photos.samples import corners, encoded, exif, png_bomb, thread_of_a_picture
from tests.platform.vision.test_onnx import overlap
from tests.support.api import client_of

from bunri.app.asgi import create_app
from bunri.app.settings import Settings
from bunri.platform.photos.settings import DecoderSettings
from bunri.platform.vision.settings import VisionSettings

LYING = encoded(corners(200, 100), "JPEG")
STANDING = encoded(corners(200, 100), "JPEG", exif=exif(6))
ENGLISH = {"Accept-Language": "en"}
JPEG = {"Content-Type": "image/jpeg"}


async def asked(client: httpx.AsyncClient, **query: str | float) -> httpx.Response:
    return await client.post(DETECT, params=query, content=LYING, headers={**JPEG, **ENGLISH})


def labels(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [found["label"] for found in response.json()["pictures"][0]["detections"]]


def code(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


class TestOnePicture:
    async def test_boxes_are_in_pixels_and_fractions_of_the_upright_picture(self, client: httpx.AsyncClient) -> None:
        answer = (await asked(client)).json()
        assert answer["model"]["id"] == f"yolox_nano@{answer['model']['version']}"
        assert answer["model"]["licence"] == "Apache-2.0"
        [seen] = answer["pictures"]
        assert (seen["width"], seen["height"], seen["file"]) == (200, 100, None)
        assert min(seen["timings"].values()) >= 0
        assert seen["detections"][0] == {
            "label": "bottle",
            "name": "bottle",
            "class_id": 39,
            "score": 0.8,
            "box": [50.0, 25.0, 150.0, 75.0],
            "box_fractions": [0.25, 0.25, 0.75, 0.75],
        }
        assert "annotated" not in seen

    @pytest.mark.parametrize(
        "kind", ["image/jpeg", "image/png", "application/octet-stream", "IMAGE/JPEG ; q=1", "image/x-raw"]
    )
    async def test_what_the_body_is_called_does_not_matter_when_it_is_a_picture(
        self, client: httpx.AsyncClient, kind: str
    ) -> None:
        response = await client.post(DETECT, content=STANDING, headers={"Content-Type": kind})
        [seen] = response.json()["pictures"]
        assert (seen["width"], seen["height"]) == (100, 200)

    async def test_names_are_in_the_callers_language(self, client: httpx.AsyncClient) -> None:
        response = await client.post(DETECT, content=LYING, headers=JPEG)
        assert [found["name"] for found in response.json()["pictures"][0]["detections"]] == ["병", "컵"]

    async def test_drawn_on_request(self, client: httpx.AsyncClient) -> None:
        [seen] = (await asked(client, annotate=True)).json()["pictures"]
        with Image.open(BytesIO(base64.b64decode(seen["annotated"]))) as drawn:
            assert (drawn.format, drawn.size) == ("JPEG", (200, 100))
            assert drawn.tobytes() != Image.open(BytesIO(LYING)).tobytes()

    async def test_a_long_thin_picture_is_drawn_smaller(self, client: httpx.AsyncClient) -> None:
        picture = encoded(Image.new("L", (600_000, 60)), "PNG")
        response = await client.post(DETECT, params={"annotate": True}, content=picture, headers=JPEG)
        [seen] = response.json()["pictures"]
        assert (seen["width"], seen["height"]) == (600_000, 60)
        with Image.open(BytesIO(base64.b64decode(seen["annotated"]))) as drawn:
            assert drawn.size == (16_000, 1)

    async def test_it_is_really_looked_at(self, client: httpx.AsyncClient) -> None:
        """The model of colours sees something in a picture that is all white, and nothing in black."""
        for colour, found in (("white", True), ("black", False)):
            picture = encoded(Image.new("RGB", (64, 64), colour), "PNG")
            response = await client.post(DETECT, params={"model": "colours"}, content=picture, headers=JPEG)
            assert bool(labels(response)) is found


class TestWishes:
    async def test_least_score(self, client: httpx.AsyncClient) -> None:
        assert labels(await asked(client, confidence=0.6)) == ["bottle"]

    async def test_the_best_so_many(self, client: httpx.AsyncClient) -> None:
        assert labels(await asked(client, max_detections=1)) == ["bottle"]

    @pytest.mark.parametrize("classes", ["컵", "cup", " CUP ,", "\u110f\u1165\u11b8"])
    async def test_only_some_classes_by_any_of_their_names(self, client: httpx.AsyncClient, classes: str) -> None:
        assert labels(await asked(client, classes=classes)) == ["cup"]

    async def test_an_unknown_class_is_refused_with_similar_ones(self, client: httpx.AsyncClient) -> None:
        response = await asked(client, classes="cup,botle")
        assert code(response) == (422, "class_unknown")
        assert "‘botle’" in response.json()["detail"]
        assert "bottle" in response.json()["detail"]

    async def test_an_unknown_model_is_refused_with_the_known_ones(self, client: httpx.AsyncClient) -> None:
        response = await asked(client, model="../../etc/passwd")
        assert code(response) == (404, "model_unknown")
        assert "colours" in response.json()["detail"]

    async def test_a_model_without_weights_says_how_to_get_them_but_not_where_we_live(
        self, client: httpx.AsyncClient, data: Path
    ) -> None:
        response = await asked(client, model="yolov5n")
        assert code(response) == (404, "model_missing")
        assert "bunri models pull yolov5n" in response.json()["detail"]
        assert str(data) not in response.text

    @pytest.mark.parametrize("query", [{"confidence": 2}, {"iou": "nan"}, {"max_detections": 0}, {"conf": 0.5}])
    async def test_what_does_not_fit_is_named(self, client: httpx.AsyncClient, query: dict[str, str | float]) -> None:
        response = await asked(client, **query)
        assert code(response) == (422, "invalid")
        assert response.json()["errors"][0]["field"] == f"query.{next(iter(query))}"


class TestSeveralPictures:
    async def test_one_bad_picture_does_not_spoil_the_others(self, client: httpx.AsyncClient) -> None:
        files = [("file", ("a.jpg", LYING)), ("files", ("b.pdf", b"%PDF-1.7")), ("file", ("c.jpg", STANDING))]
        response = await client.post(DETECT, files=files, headers=ENGLISH)
        first, second, third = response.json()["pictures"]
        assert (first["file"], first["width"], third["file"], third["width"]) == ("a.jpg", 200, "c.jpg", 100)
        assert (second["file"], second["problem"]["code"]) == ("b.pdf", "not_a_photo")
        assert second["problem"]["detail"].startswith("This looks like PDF.")

    async def test_too_many_are_refused(self, client: httpx.AsyncClient) -> None:
        response = await client.post(DETECT, files=[("file", ("a.jpg", LYING))] * 4)
        assert code(response) == (413, "too_many_pictures")

    async def test_far_too_many_are_not_even_parsed(self, client: httpx.AsyncClient) -> None:
        response = await client.post(DETECT, files=[("file", ("a.jpg", b"x"))] * 101)
        assert code(response) == (422, "upload_broken")

    async def test_more_than_fits_together_is_refused(self, client: httpx.AsyncClient) -> None:
        response = await client.post(DETECT, files=[("file", ("a.jpg", bytes(900_000)))] * 3)
        assert code(response) == (413, "pictures_too_large")

    async def test_a_form_field_that_is_no_picture_is_named(self, client: httpx.AsyncClient) -> None:
        response = await client.post(DETECT, files={"file": LYING}, data={"confidence": "0.5"})
        assert code(response) == (422, "part_unknown")
        assert "confidence" in response.json()["detail"]


class TestBadBodies:
    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (b"", (422, "no_picture")),
            (b"GIF89a", (415, "not_a_photo")),
            (LYING[:-200], (422, "broken_photo")),
            (png_bomb(20_000, 20_000), (413, "too_many_pixels")),
            (bytes(2**20 + 1), (413, "pictures_too_large")),
        ],
    )
    async def test_the_only_pictures_problem_is_the_answers(
        self, client: httpx.AsyncClient, content: bytes, expected: tuple[int, str]
    ) -> None:
        assert code(await client.post(DETECT, content=content, headers=JPEG)) == expected

    async def test_a_body_that_hides_its_length_is_bounded_too(self, client: httpx.AsyncClient) -> None:
        async def endless() -> AsyncIterator[bytes]:
            for _ in range(30):
                yield bytes(100_000)

        assert code(await client.post(DETECT, content=endless(), headers=JPEG)) == (413, "pictures_too_large")

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("application/json", (415, "upload_unsupported")),
            ("image/jpeg garbage", (415, "upload_unsupported")),
            ("image/jpeg, application/json", (415, "upload_unsupported")),
            ("application/x-www-form-urlencoded", (415, "upload_unsupported")),
            ("multipart/form-data", (422, "upload_broken")),
            ("multipart/form-data; boundary=b", (422, "upload_broken")),
        ],
    )
    async def test_another_kind_of_body_is_refused(
        self, client: httpx.AsyncClient, kind: str, expected: tuple[int, str]
    ) -> None:
        assert code(await client.post(DETECT, content=b"{}", headers={"Content-Type": kind})) == expected

    async def test_an_empty_form_has_no_picture(self, client: httpx.AsyncClient) -> None:
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        assert code(await client.post(DETECT, content=b"--b--\r\n", headers=headers)) == (422, "no_picture")


class TestLimits:
    async def test_who_still_sends_takes_no_seat_but_not_everybody_may_send_at_once(
        self, client: httpx.AsyncClient
    ) -> None:
        await asked(client)  # the model is open: opening takes longer than the slow ones have
        sat, going = asyncio.Semaphore(0), asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            sat.release()
            yield LYING[:100]
            await going.wait()
            yield LYING[100:]

        requests = [asyncio.create_task(client.post(DETECT, content=slow(), headers=JPEG)) for _ in range(2)]
        for _ in requests:
            await sat.acquire()
        assert (await asked(client)).status_code == 200
        requests.append(asyncio.create_task(client.post(DETECT, content=slow(), headers=JPEG)))
        await sat.acquire()
        full = await asked(client)
        assert code(full) == (503, "detection_busy")
        assert int(full.headers["retry-after"]) > 0
        going.set()
        codes = [each.status_code for each in await asyncio.gather(*requests)]
        assert sorted(codes) == [200, 200, 503], "two concurrency_slots"
        assert (await asked(client)).status_code == 200

    async def test_one_address_has_a_share_and_the_others_theirs(self, settings: Settings) -> None:
        two = settings.detection.model_copy(update={"upload_slots_per_address": 2})
        app = create_app(settings.model_copy(update={"detection": two}), "detect")
        sat, going = asyncio.Semaphore(0), asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            sat.release()
            await going.wait()
            yield LYING

        async def asked_from(address: str) -> httpx.Response:
            transport = httpx.ASGITransport(app, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30) as other:
                return await asked(other)

        async with app.router.lifespan_context(app):
            assert (await asked_from("192.0.2.1")).status_code == 200  # the model is open
            transport = httpx.ASGITransport(app, client=("2001:db8::1", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30) as one:
                requests = [asyncio.create_task(one.post(DETECT, content=slow(), headers=JPEG)) for _ in range(2)]
                for _ in requests:
                    await sat.acquire()
                refused = await asked_from("2001:db8::ffff")
                assert code(refused) == (429, "limited")
                assert int(refused.headers["retry-after"]) > 0
                assert (await asked_from("2001:db8:0:1::1")).status_code == 200
                assert (await asked_from("192.0.2.1")).status_code == 200
                going.set()
                await asyncio.gather(*requests)
            assert (await asked_from("2001:db8::1")).status_code == 200

    async def test_who_sends_too_slowly_is_sent_away(self, client: httpx.AsyncClient) -> None:
        async def never() -> AsyncIterator[bytes]:
            yield LYING[:100]
            await asyncio.Event().wait()

        assert code(await client.post(DETECT, content=never(), headers=JPEG)) == (422, "upload_too_slow")
        assert (await asked(client)).status_code == 200


class TestModels:
    async def test_the_list_says_what_is_here_and_under_which_licence(self, client: httpx.AsyncClient) -> None:
        listed = {each["name"]: each for each in (await client.get(f"{DETECT}/models", headers=ENGLISH)).json()}
        assert [name for name, each in listed.items() if each["here"]] == ["colours", "yolox_nano"]
        assert [name for name, each in listed.items() if each["default"]] == ["yolox_nano"]
        assert listed["yolov5m"]["licence"] == "AGPL-3.0"
        assert "source code" in listed["yolov5m"]["licence_text"]
        assert listed["colours"]["licence"] is None

    async def test_yolov5m_is_the_default_once_its_weights_are_here(
        self, client: httpx.AsyncClient, data: Path
    ) -> None:
        (data / "models" / "yolov5m.onnx").write_bytes(a_bottle_and_a_cup())
        answer = (await asked(client)).json()
        assert (answer["model"]["name"], answer["model"]["licence"]) == ("yolov5m", "AGPL-3.0")

    async def test_a_free_model_comes_before_one_with_duties(self, client: httpx.AsyncClient, data: Path) -> None:
        for name in ("yolov5m", "rfdetr_nano", "dfine_nano"):
            (data / "models" / f"{name}.onnx").write_bytes(a_bottle_and_a_cup())
            used = (await asked(client)).json()["model"]
            assert used["name"] == name
        assert used["licence"] == "Apache-2.0"

    async def test_a_models_classes_with_their_names(self, client: httpx.AsyncClient) -> None:
        answer = (await client.get(f"{DETECT}/models/yolox_nano")).json()
        assert len(answer["classes"]) == 80
        assert answer["classes"][39] == {"class_id": 39, "label": "bottle", "ko": "병", "en": "bottle"}


class TestAlone:
    async def test_it_is_ready_without_servers_after_a_real_detection(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/ready")
        assert (response.status_code, list(response.json()["parts"])) == (200, ["detection"])
        assert response.json()["parts"]["detection"]["degraded_reason"] is None

    async def test_without_weights_it_is_ready_and_says_what_is_missing(self, tmp_path: Path) -> None:
        settings = Settings(data=tmp_path, vision=VisionSettings(models_dir=None))
        app: FastAPI = create_app(settings, "detect")
        async with client_of(app) as client:
            assert (
                "models pull yolox_nano" in (await client.get("/ready")).json()["parts"]["detection"]["degraded_reason"]
            )
            assert code(await asked(client)) == (404, "model_missing")


async def test_the_reference_detections(tmp_path: Path, shared: Path) -> None:
    """Through HTTP as by a second implementation, for each model and photo of the reference data."""
    settings = Settings(data=tmp_path, vision=VisionSettings(models_dir=shared / "models"))
    app = create_app(settings, "detect")
    reference = json.loads((shared / "data/photos/detections.json").read_text())
    async with (
        app.router.lifespan_context(app),
        client_of(app) as client,
    ):
        for file, photos in reference.items():
            photo = [("file", (name, (shared / "data/photos" / name).read_bytes())) for name in photos]
            answer = await client.post(DETECT, params={"model": Path(file).stem}, files=photo)
            for seen in answer.json()["pictures"]:
                agree(seen["detections"], photos[seen["file"]])


def agree(found: list[dict[str, Any]], expected: list[Any]) -> None:
    assert len(found) == len(expected)
    for label, score, box in expected:
        match = max(found, key=lambda one: (one["label"] == label) * overlap(one["box"], box))
        assert match["label"] == label
        assert overlap(match["box"], box) > 0.9
        assert match["score"] == pytest.approx(score, abs=0.05)


class TestCostlyPictures:
    async def test_one_that_takes_too_long_fails_and_the_next_is_read(self, settings: Settings) -> None:
        app = create_app(settings.model_copy(update={"decoders": DecoderSettings(cpu_s=0.3)}), "detect")
        async with app.router.lifespan_context(app), client_of(app) as client:
            response = await client.post(DETECT, content=thread_of_a_picture(), headers={**JPEG, **ENGLISH})
            assert code(response) == (413, "too_costly")
            assert labels(await asked(client)) == ["bottle", "cup"]
