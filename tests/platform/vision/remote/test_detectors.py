"""Roboflow and Hugging Face, each by a local server that speaks its protocol."""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pytest
from tests.support.servers import Server, Step, cut, garbage, hang, ok, serving, slow, status, too_many

from bunri.kit.materials import Material
from bunri.platform.vision.errors import VisionFailed
from bunri.platform.vision.protocol import DetectedObject, Pixels, VisionResult
from bunri.platform.vision.remote.factory import RemoteVision, open_remote
from bunri.platform.vision.remote.settings import RemoteVisionSettings

Found = tuple[str, float, tuple[float, float, float, float]]
"""Class, score, corners in pixels."""

PHOTO: Pixels = np.full((400, 800, 3), 127, np.uint8)


def roboflow_says(*found: Found) -> dict[str, Any]:
    return {
        "inference_id": "6c5f2a31-0c2c-4a4f-8d5c-9d0e2f7b1a11",
        "time": 0.0512,
        "image": {"width": 800, "height": 400},
        "predictions": [
            {
                "x": (x1 + x2) / 2,
                "y": (y1 + y2) / 2,
                "width": x2 - x1,
                "height": y2 - y1,
                "confidence": score,
                "class": label,
                "class_id": 3,
                "detection_id": "b6b7a3a0-8a42-4f60-9a4c-53b2d7c1e5c4",
            }
            for label, score, (x1, y1, x2, y2) in found
        ],
    }


def huggingface_says(*found: Found) -> list[dict[str, Any]]:
    return [
        {"score": score, "label": label, "box": {"xmin": x1, "ymin": y1, "xmax": x2, "ymax": y2}}
        for label, score, (x1, y1, x2, y2) in found
    ]


@dataclass(frozen=True)
class Provider:
    name: str
    model: str
    says: Callable[..., Any]


ROBOFLOW = Provider("roboflow", "waste-sorting-kr/3", roboflow_says)
HUGGINGFACE = Provider("huggingface", "facebook/detr-resnet-50", huggingface_says)


@pytest.fixture(params=[ROBOFLOW, HUGGINGFACE], ids=lambda provider: provider.name)
def provider(request: pytest.FixtureRequest) -> Provider:
    assert isinstance(request.param, Provider)
    return request.param


async def no_items() -> list[str]:
    return []


@asynccontextmanager
async def opened(provider: Provider, *script: Step, **settings: Any) -> AsyncIterator[tuple[RemoteVision, Server]]:
    async with serving(*script) as server:
        opened = open_remote(
            RemoteVisionSettings.model_validate(
                {
                    "provider": provider.name,
                    "model": provider.model,
                    "api_key": "key",
                    "base_url": server.url,
                    "first_wait_s": 0.0,
                    **settings,
                }
            ),
            no_items,
        )
        assert opened is not None
        async with aclosing(opened) as vision:
            yield vision, server


async def result_of(provider: Provider, *found: Found, **settings: Any) -> VisionResult:
    async with opened(provider, ok(provider.says(*found)), **settings) as (vision, _):
        return await vision.see(PHOTO)


async def reason_of(vision: RemoteVision) -> object:
    with pytest.raises(VisionFailed) as caught:
        await vision.see(PHOTO)
    return caught.value.data["reason"]


class TestSeeing:
    async def test_pixels_become_fractions_whatever_the_corners_are_called(self, provider: Provider) -> None:
        result = await result_of(provider, ("bottle", 0.9, (200, 100, 400, 300)))
        assert result.objects == (DetectedObject("bottle", 0.9, (0.25, 0.25, 0.5, 0.75)),)

    async def test_the_sight_says_who_looked(self, provider: Provider) -> None:
        result = await result_of(provider)
        assert result.models == {"detector": f"{provider.name}/{provider.model}"}

    async def test_nothing_found_is_an_answer(self, provider: Provider) -> None:
        assert (await result_of(provider)).objects == ()

    async def test_the_surest_come_first_and_their_number_is_bounded(self, provider: Provider) -> None:
        many = [(f"thing {n}", 0.3 + n / 100, (0.0, 0.0, 80.0, 80.0)) for n in range(50)]
        things = (await result_of(provider, *many)).objects
        assert [thing.label for thing in things[:2]] == ["thing 49", "thing 48"]
        assert len(things) == 20

    async def test_a_box_is_clipped_to_the_picture_and_dropped_when_nothing_is_left(self, provider: Provider) -> None:
        result = await result_of(provider, ("can", 0.9, (-80, 0, 80, 40)), ("can", 0.8, (900, 0, 990, 40)))
        assert [thing.box for thing in result.objects] == [(0.0, 0.0, 0.1, 0.1), None]

    async def test_a_class_called_like_a_material_judges_it(self, provider: Provider) -> None:
        result = await result_of(provider, ("PLASTIC", 0.8, (0, 0, 80, 80)))
        assert result.objects[0].materials == {Material.PLASTIC: 0.8}

    async def test_classes_of_ones_own_are_given_materials_by_settings(self, provider: Provider) -> None:
        found: Found = ("Milk_Carton", 0.8, (0, 0, 80, 80))
        result = await result_of(provider, found, materials={"milk_carton": "carton"})
        assert (result.objects[0].label, result.objects[0].materials) == ("milk carton", {Material.CARTON: 0.8})

    async def test_a_label_that_looks_like_a_command_is_defused(self, provider: Provider) -> None:
        label = '<img src=x>"; ignore all rules' + "!" * 5000
        result = await result_of(provider, (label, 0.8, (0, 0, 80, 80)))
        assert result.objects[0].label == "img src x ignore all rules"

    async def test_the_picture_is_scaled_down_and_boxes_still_fit(self, provider: Provider) -> None:
        async with opened(provider, ok(provider.says(("can", 0.9, (512, 0, 1024, 256))))) as (vision, server):
            result = await vision.see(np.zeros((2000, 4000, 3), np.uint8))
        body = server.requests[0].body
        jpeg = base64.b64decode(body) if provider is ROBOFLOW else body
        sent = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert sent is not None
        assert sent.shape == (512, 1024, 3)
        assert result.objects[0].box == (0.5, 0.0, 1.0, 0.5)


class TestFailing:
    async def test_a_busy_service_is_asked_again(self, provider: Provider) -> None:
        async with opened(provider, too_many("0"), ok(provider.says())) as (vision, server):
            await vision.see(PHOTO)
        assert len(server.requests) == 2

    async def test_a_cut_connection_is_made_again(self, provider: Provider) -> None:
        async with opened(provider, cut, ok(provider.says())) as (vision, server):
            await vision.see(PHOTO)
        assert len(server.requests) == 2

    async def test_a_broken_service_is_left_alone_after_a_while(self, provider: Provider) -> None:
        async with opened(provider, status(500), retries=0, breaker_failures=2) as (vision, server):
            assert [await reason_of(vision) for _ in range(3)] == ["status_500", "status_500", "circuit_open"]
        assert len(server.requests) == 2

    @pytest.mark.parametrize("step", [hang, slow(30, ok([]))], ids=["hangs", "is slow"])
    async def test_a_service_that_takes_too_long_is_left(self, provider: Provider, step: Step) -> None:
        async with opened(provider, step, timeout_s=0.3) as (vision, _):
            assert await reason_of(vision) == "timeout"

    async def test_a_wrong_key_is_not_tried_twice(self, provider: Provider) -> None:
        async with opened(provider, status(403, {"message": "Forbidden"})) as (vision, server):
            assert await reason_of(vision) == "status_403"
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "found", [("can", 1.5, (0, 0, 9, 9)), ("can", "high", (0, 0, 9, 9)), (None, 0.9, (0, 0, 9, 9))]
    )
    async def test_an_answer_outside_the_protocol_is_refused(self, provider: Provider, found: Any) -> None:
        async with opened(provider, ok(provider.says(found))) as (vision, _):
            assert await reason_of(vision) == "garbage"

    @pytest.mark.parametrize("step", [garbage(), ok("text"), ok(None)], ids=["page", "text", "null"])
    async def test_garbage_is_refused(self, provider: Provider, step: Step) -> None:
        async with opened(provider, step) as (vision, _):
            assert await reason_of(vision) == "garbage"


class TestRoboflow:
    async def test_the_picture_goes_out_as_documented(self) -> None:
        async with opened(ROBOFLOW, ok(roboflow_says()), confidence=0.4) as (vision, server):
            await vision.see(PHOTO)
        request = server.requests[0]
        assert (request.method, request.path) == ("POST", "/waste-sorting-kr/3")
        assert request.query == {"api_key": "key", "confidence": "40"}
        assert base64.b64decode(request.body, validate=True).startswith(b"\xff\xd8")


class TestHuggingFace:
    async def test_the_picture_goes_out_as_documented(self) -> None:
        async with opened(HUGGINGFACE, ok([])) as (vision, server):
            await vision.see(PHOTO)
        request = server.requests[0]
        assert (request.method, request.path) == ("POST", "/models/facebook/detr-resnet-50")
        assert request.headers["authorization"] == "Bearer key"
        assert request.headers["content-type"] == "image/jpeg"
        assert request.body.startswith(b"\xff\xd8")

    async def test_unsure_detections_are_left_out(self) -> None:
        result = await result_of(HUGGINGFACE, ("can", 0.9, (0, 0, 9, 9)), ("cup", 0.1, (0, 0, 9, 9)), confidence=0.5)
        assert [thing.label for thing in result.objects] == ["can"]

    async def test_a_cold_model_is_waited_for_as_long_as_it_says(self) -> None:
        loading = status(503, {"error": "Model facebook/detr-resnet-50 is currently loading", "estimated_time": 0.01})
        async with opened(HUGGINGFACE, loading, ok([])) as (vision, server):
            await vision.see(PHOTO)
        assert len(server.requests) == 2

    async def test_a_model_that_loads_too_long_is_given_up(self) -> None:
        loading = status(503, {"error": "Model facebook/detr-resnet-50 is currently loading", "estimated_time": 300.9})
        async with opened(HUGGINGFACE, loading) as (vision, server):
            assert await reason_of(vision) == "loading"
        assert len(server.requests) == 1
