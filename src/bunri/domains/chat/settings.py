"""Settings of chat: ``BUNRI_CHAT__*``."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, FilePath, field_validator

from bunri.platform.clamav.clamd import ClamdAddress
from bunri.platform.photos.limits import PhotoLimits


class ChatSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    most_rooms: int = Field(200, ge=1, description="Rooms that one person may be in.")
    resent: int = Field(500, ge=1, le=2000, description="Messages that a socket is sent after a pause; more are read.")
    invite_ttl: timedelta = Field(timedelta(days=7), description="How long a link into a room is good.")
    question_ttl: timedelta = Field(timedelta(hours=24), description="How long neighbours vote on what a thing is.")
    remembered_for: timedelta = Field(
        timedelta(days=180), description="How long a room's answers are given again, when the same is asked."
    )
    keep_messages: int | None = Field(
        None, ge=1, le=36500, description="Days until messages are forgotten, in every room; unset: never."
    )
    hide_after_reports: int = Field(
        3, ge=1, description="People who report a message until it is folded for all, and a moderator looks at it."
    )
    words: tuple[str, ...] | FilePath = Field(
        (), description="Words that are refused in every room: a list, or a file with one a line (docs/chat.md)."
    )
    presence_ttl: timedelta = Field(timedelta(seconds=20), description="Until somebody whose server died is gone.")

    max_picture_mb: int = Field(20, ge=1, le=30, description="Largest picture taken, MiB.")
    max_picture_megapixels: int = Field(52, ge=1, le=400, description="Largest picture decoded.")
    max_file_mb: int = Field(25, ge=1, le=30, description="Largest other file taken, MiB.")
    person_mb_per_day: int = Field(300, ge=1, description="MiB of files kept that one person may send in 24 hours.")
    room_mb: int = Field(5000, ge=1, description="MiB of files that one room may have.")
    max_unused_files: int = Field(30, ge=10, description="Files that one person may have sent without a message.")
    unused_ttl: timedelta = Field(timedelta(days=1), description="When a file that no message has is removed.")
    upload_ttl: timedelta = Field(timedelta(minutes=10), description="How long one upload may take.")
    clamav: str | None = Field(
        None, description="unix:///PATH or tcp://HOST:PORT of clamd, which looks at each file; unset: nobody does."
    )
    clamav_patience: timedelta = Field(timedelta(seconds=20), description="How long clamd may take for one file.")

    @field_validator("clamav")
    @classmethod
    def _an_address(cls, written: str | None) -> str | None:
        if written is not None:
            ClamdAddress.parse(written)
        return written

    @property
    def picture(self) -> PhotoLimits:
        most = self.max_picture_megapixels * 10**6
        return PhotoLimits(max_bytes=self.max_picture_mb * 2**20, max_pixels=most, max_frames=1000, gif=True)
