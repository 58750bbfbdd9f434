"""Settings of chat: ``BUNRI_CHAT__*``."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class ChatSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    most_rooms: int = Field(200, ge=1, description="Rooms that one person may be in.")
    resent: int = Field(500, ge=1, le=2000, description="Messages that a socket is sent after a pause; more are read.")
    invite_ttl: timedelta = Field(timedelta(days=7), description="How long a link into a room is good.")
    presence_ttl: timedelta = Field(timedelta(seconds=20), description="Until somebody whose server died is gone.")
