"""What classes take and give."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bunri.domains.learning.classes import tidied
from bunri.domains.learning.records import Role
from bunri.domains.learning.schemas import CardOut, OneLine

Code = Annotated[str, StringConstraints(min_length=8, max_length=20, pattern=r"^[0-9A-Za-z\s-]+$")]
Nickname = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(tidied)]
ClassName = Annotated[OneLine, StringConstraints(max_length=60)]


class ClassIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: ClassName
    ends_on: date = Field(description="The last day; everything of the class is erased after it. A year at most.")


class ClassChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: ClassName | None = None
    ends_on: date | None = None
    new_code: bool = Field(False, description="Another code; the one before is good no more.")


class ClassOut(BaseModel):
    id: UUID
    deck_id: UUID
    name: str
    role: Role = Field(description="`owner`: the teacher.")
    nickname: str
    code: str | None = Field(description="For the teacher.")
    ends_on: date
    pupils: int | None = Field(description="For the teacher.")
    waiting: int | None = Field(description="Suggestions that wait for the teacher; for the teacher.")
    room_id: UUID | None = Field(description="Its room of the chat; null: the teacher has opened none.")


class ClassShown(BaseModel):
    """What a code leads to."""

    name: str
    ends_on: date


class CodeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code


class JoinClassIn(CodeIn):
    nickname: Nickname = Field(description="How the teacher and nobody else sees one.")


class HandoverLink(BaseModel):
    token: str = Field(description="Shown once.")
    path: str = Field(description="Of the page where another teacher accepts it.")
    expires_at: datetime


class HandoverOut(BaseModel):
    """How far it is, for who hands the class over."""

    expires_at: datetime | None = Field(description="Null: there is no link that is still good.")
    person: str | None = Field(description="Who accepted it.")
    name: str | None
    tag: str | None = Field(description="Tells people of one name apart; who accepted it sees the same.")


class HandoverShown(ClassShown):
    """What a link hands over."""

    teacher: str = Field(description="Who hands it over.")
    pupils: int


class HandoverTokenIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class HandoverAccepted(BaseModel):
    name: str = Field(description="What its teacher sees of who accepted it, and by which they know them.")
    tag: str


class HandoverConfirmIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    person: str = Field(max_length=60, description="Who is to have the class: whom `GET` has named.")


class SuggestionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    job_id: UUID
    position: int = Field(0, ge=0, le=100, description="Which item of the photo; 0 is the main one.")


class SuggestionOut(BaseModel):
    card: CardOut
    nickname: str = Field(description="Of the pupil who suggested it.")


class ClassRoomOut(BaseModel):
    room_id: UUID


class PupilOut(BaseModel):
    person: str
    nickname: str
    cards: int
    begun: int = Field(description="Cards reviewed at least once.")
    known: int = Field(description="Cards that come back in three weeks or later.")
    reviews: int = Field(description="Of the last seven days.")
    right: int = Field(description="How many of those were remembered.")
    last_day: date | None
