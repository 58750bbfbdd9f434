"""Limits of object detection, which needs no signing in: ``BUNRI_DETECTION__*``."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from bunri.platform.photos.limits import PhotoLimits


class DetectionSettings(BaseModel):
    model_config = ConfigDict(frozen=True)
    renamed: ClassVar[Mapping[str, str]] = {
        "arriving": "upload_slots",
        "seats": "concurrency_slots",
        "rest_s": "idle_unload_s",
    }

    model: str | None = Field(
        None,
        description="The default; unset: the first of dfine_nano, rfdetr_nano, yolov5m that is here, else the coach's.",
    )
    max_photo_mb: int = Field(20, ge=1, le=100, description="Largest picture taken, MiB.")
    max_photo_megapixels: int = Field(52, ge=1, le=400, description="Largest picture decoded.")
    max_pictures: int = Field(8, ge=1, le=64, description="Pictures in one request.")
    max_total_mb: int = Field(40, ge=1, le=500, description="All pictures of one request together, MiB.")
    upload_s: float = Field(30, gt=0, le=600, description="Seconds in which a request has to arrive.")
    workers: int = Field(1, ge=1, le=64, description="Pictures analysed at the same time in one process.")
    upload_slots: int = Field(64, ge=1, le=1000, description="Requests at a time, including those still uploading.")
    upload_slots_per_address: int = Field(8, ge=1, le=1000, description="Of these, requests from one address.")
    concurrency_slots: int = Field(8, ge=1, le=1000, description="Requests analysed or waiting for it, once uploaded.")
    models: int = Field(2, ge=1, le=16, description="Models kept open, the most recently used.")
    idle_unload_s: float = Field(300, gt=0, description="Seconds without a request after which the models are closed.")

    @property
    def photo(self) -> PhotoLimits:
        return PhotoLimits(max_bytes=self.max_photo_mb * 2**20, max_pixels=self.max_photo_megapixels * 10**6)
