"""Settings of users: ``BUNRI_USERS__*``."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from bunri.platform.photos.limits import PhotoLimits


class UsersSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    export_ttl: timedelta = Field(timedelta(hours=24), description="How long an export can be fetched.")
    export_patience: timedelta = Field(
        timedelta(hours=3), description="An export that is not ready then has failed, and may be asked for again."
    )
    max_avatar_mb: int = Field(10, ge=1, le=50, description="Size of a picture that somebody shows of themselves, MiB.")

    @property
    def avatar(self) -> PhotoLimits:
        return PhotoLimits(max_bytes=self.max_avatar_mb * 2**20)
