"""Hugging Face's object-detection task (huggingface.co/docs/inference-providers/tasks/object-detection)."""

from typing import Final

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bunri.platform.external import Answer, ExternalApi
from bunri.platform.resilience import ExternalFailed, Guard
from bunri.platform.vision.errors import VisionFailed
from bunri.platform.vision.protocol import Pixels, VisionResult
from bunri.platform.vision.remote.objects import detected, likeliest
from bunri.platform.vision.remote.picture import picture_of
from bunri.platform.vision.remote.settings import RemoteVisionSettings

DEFAULT_URL: Final = "https://router.huggingface.co/hf-inference"


class _PixelCorners(BaseModel):
    """Pixels of the picture sent."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float


class _HubDetection(BaseModel):
    label: str
    score: float = Field(ge=0, le=1)
    box: _PixelCorners


class _Loading(BaseModel):
    estimated_time: float = Field(ge=0)


class HuggingFaceVision:
    """A RemoteVision. Needs ``model`` (``owner/name``)."""

    def __init__(self, settings: RemoteVisionSettings) -> None:
        self._model = settings.model or ""
        self._materials = settings.materials
        self._confidence = settings.confidence
        key = {"Authorization": f"Bearer {settings.key}"} if settings.key else {}
        self._api = ExternalApi(str(settings.base_url or DEFAULT_URL), key)
        self._guard = Guard("huggingface", settings)
        self._shape = TypeAdapter(list[_HubDetection])

    @property
    def models(self) -> dict[str, str]:
        return {"detector": f"huggingface/{self._model}"}

    async def see(self, pixels: Pixels) -> VisionResult:
        """As Vision. Raises VisionFailed."""
        picture = await picture_of(pixels)
        try:
            found = await self._guard.call(lambda: self._ask(picture.jpeg))
        except ExternalFailed as failed:
            raise VisionFailed(reason=failed.reason) from failed
        objects = (
            detected(one.label, one.score, picture.box(*one.box.model_dump().values()), self._materials)
            for one in found
            if one.score >= self._confidence
        )
        return VisionResult(likeliest(objects), self.models)

    async def aclose(self) -> None:
        await self._api.aclose()

    async def _ask(self, jpeg: bytes) -> list[_HubDetection]:
        headers = {"Content-Type": "image/jpeg"}
        answer = await self._api.send("POST", f"/models/{self._model}", content=jpeg, headers=headers)
        if answer.status == 503:
            raise ExternalFailed("loading", retryable=True, retry_after=_estimate(answer))
        return answer.read(self._shape)


def _estimate(answer: Answer) -> float | None:
    """Seconds until a cold model is loaded, where the body says so."""
    try:
        return _Loading.model_validate_json(answer.body).estimated_time
    except ValidationError:
        return None
