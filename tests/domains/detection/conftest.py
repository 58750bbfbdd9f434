"""The plain detector as the target ``detect`` serves it: alone, with models made on the spot."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from tests.platform.vision.graphs import always, mean_colours, nothing_seen
from tests.support.api import client_of

from bunri.app.asgi import create_app
from bunri.app.settings import Settings
from bunri.domains.detection.settings import DetectionSettings
from bunri.platform.vision.settings import VisionSettings

DETECT = "/api/v1/detect"


def a_bottle_and_a_cup() -> bytes:
    """Sees a bottle in the middle of everything, and less surely a cup in the corner."""
    output = nothing_seen()
    output[0, :4, 0], output[0, 4 + 39, 0] = [32, 32, 32, 16], 0.8
    output[0, :4, 1], output[0, 4 + 41, 1] = [8, 24, 16, 16], 0.5
    return always(output)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with two models; the coach's detector is one of them."""
    monkeypatch.chdir(tmp_path)
    return with_models(tmp_path)


def with_models(folder: Path) -> Path:
    models = folder / "models"
    models.mkdir()
    (models / "yolox_nano.onnx").write_bytes(a_bottle_and_a_cup())
    (models / "colours.onnx").write_bytes(mean_colours())
    return folder


@pytest.fixture
def settings(data: Path) -> Settings:
    return settings_on(data)


def settings_on(data: Path) -> Settings:
    """Without a database, a broker or a secret."""
    detection = DetectionSettings(
        max_pictures=3, max_total_mb=2, max_photo_mb=1, upload_slots=3, concurrency_slots=2, upload_s=0.5
    )
    return Settings(data=data, vision=VisionSettings(models_dir=None, fetch=False), detection=detection)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    made = create_app(settings, "detect")
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as made:
        yield made
