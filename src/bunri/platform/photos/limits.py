"""Limits on photos."""

from pydantic import BaseModel, ConfigDict, Field


class PhotoLimits(BaseModel):
    """Checked against the header, before anything is decoded. The defaults allow a phone's 50-megapixel mode."""

    model_config = ConfigDict(frozen=True)

    max_bytes: int = Field(20 * 2**20, gt=0)
    max_pixels: int = Field(52_000_000, gt=0, description="Width × height: 8192 × 6144 is 50.3 million.")
    max_working_bytes: int = Field(192 * 2**20, gt=0, description="What a decoder may take: 4 bytes × 50 megapixels.")
    max_frames: int = Field(100, gt=0, description="Only the first frame of an animation is used.")
