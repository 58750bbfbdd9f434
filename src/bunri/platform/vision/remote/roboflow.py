"""Roboflow's hosted detection (docs.roboflow.com/deploy/serverless/object-detection)."""

import base64
from typing import Final

from pydantic import BaseModel, Field, TypeAdapter

from bunri.platform.external import ExternalApi
from bunri.platform.resilience import ExternalFailed, Guard
from bunri.platform.vision.errors import VisionFailed
from bunri.platform.vision.protocol import DetectedObject, Pixels, VisionResult
from bunri.platform.vision.remote.objects import detected, likeliest
from bunri.platform.vision.remote.picture import JpegPicture, picture_of
from bunri.platform.vision.remote.settings import RemoteVisionSettings

DEFAULT_URL: Final = "https://detect.roboflow.com"


class _Prediction(BaseModel):
    """The centre and size of a box in pixels of the picture sent."""

    x: float
    y: float
    width: float
    height: float
    confidence: float = Field(ge=0, le=1)
    label: str = Field(alias="class")


class _Predictions(BaseModel):
    predictions: list[_Prediction] = Field(max_length=1000)


class RoboflowVision:
    """A RemoteVision. Needs ``model`` (``project/version``) and ``api_key``."""

    def __init__(self, settings: RemoteVisionSettings) -> None:
        self._model = settings.model or ""
        self._materials = settings.materials
        self._query = {
            "api_key": settings.key,
            "confidence": f"{100 * settings.confidence:.0f}",  # per cent
        }
        self._api = ExternalApi(str(settings.base_url or DEFAULT_URL))
        self._guard = Guard("roboflow", settings)
        self._shape = TypeAdapter(_Predictions)

    @property
    def models(self) -> dict[str, str]:
        return {"detector": f"roboflow/{self._model}"}

    async def see(self, pixels: Pixels) -> VisionResult:
        """As Vision. Raises VisionFailed."""
        picture = await picture_of(pixels)
        body = base64.b64encode(picture.jpeg)
        try:
            found = await self._guard.call(lambda: self._ask(body))
        except ExternalFailed as failed:
            raise VisionFailed(reason=failed.reason) from failed
        return VisionResult(likeliest(self._object(one, picture) for one in found.predictions), self.models)

    async def aclose(self) -> None:
        await self._api.aclose()

    async def _ask(self, body: bytes) -> _Predictions:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}  # as documented, for a bare base64 body
        answer = await self._api.send("POST", f"/{self._model}", query=self._query, content=body, headers=headers)
        return answer.read(self._shape)

    def _object(self, one: _Prediction, picture: JpegPicture) -> DetectedObject:
        half_width, half_height = one.width / 2, one.height / 2
        box = picture.box(one.x - half_width, one.y - half_height, one.x + half_width, one.y + half_height)
        return detected(one.label, one.confidence, box, self._materials)
