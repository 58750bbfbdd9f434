"""What users' endpoints take and give."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bunri.domains.auth.public import Kind, Name
from bunri.domains.users.public import MailKind, Region
from bunri.domains.users.records import ExportState
from bunri.kit.languages import Language

OneLine = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")
]
TimeZone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")]


class Me(BaseModel):
    """Who is calling, and what they have said of themselves."""

    id: str = Field(examples=["guest_01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10"])
    username: str
    hash: str = Field(description="A short public tag, since names are not unique.", examples=["3fa9"])
    kind: Kind
    email: str | None
    has_password: bool
    roles: tuple[str, ...]
    created_at: datetime
    language: Language = Field(description="That mails are written in.")
    region: str | None
    building: str | None
    time_zone: str = Field(examples=["Asia/Seoul"])
    reminder_hour: int | None = Field(description="In the time zone; null: no reminders.")
    mails: list[MailKind] = Field(description="What one is written to about, beside what happens to the account.")
    teaches: bool | None = Field(description="Whether the models may learn from corrections; null: never asked.")
    avatar_url: str | None = Field(description="A path; the picture behind it never changes.")


class MeIn(BaseModel):
    """What is left out stays as it is; null takes back what was said."""

    model_config = ConfigDict(extra="forbid")

    username: Name | None = Field(None, description="Null is as if left out.")
    language: Language | None = Field(None, description="Null is as if left out.")
    region: Region | None = Field(None, description="Whose rules apply.", examples=["seoul-nowon"])
    building: OneLine | None = Field(None, examples=["한빛아파트 3동"])
    time_zone: TimeZone | None = Field(None, description="IANA; null: Asia/Seoul.")
    reminder_hour: int | None = Field(None, ge=0, le=23)
    mails: list[MailKind] | None = Field(None, max_length=len(MailKind), description="Null: none.")
    teaches: bool | None = None


class Deleted(BaseModel):
    erased_at: datetime = Field(description="Until then, signing in keeps the account.")


class ExportOut(BaseModel):
    """An archive of everything that is kept of a person: JSON and pictures."""

    id: UUID
    state: ExportState
    progress: int = Field(ge=0, le=100, description="Per cent.")
    created_at: datetime
    size: int | None = Field(description="Bytes, once it is ready.")
    expires_at: datetime | None = Field(description="Until when it can be fetched.")
    download_url: str | None = Field(description="Good without a token until then: whoever has it has the archive.")
