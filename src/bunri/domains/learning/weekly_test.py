"""What a weekly test takes and gives."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from bunri.domains.learning.records import MadeBy, QuestionKind
from bunri.domains.learning.schemas import Answer, MyCardOut


class WeeklyTestQuestionOut(BaseModel):
    position: int = Field(description="From 1.")
    kind: QuestionKind
    question: str = Field(description="Markdown; pictures are `media:<id>`.")
    media: dict[str, str] = Field(description="Addresses of the pictures by their ids, good for some hours.")
    statement: str | None = Field(description="Of `true_false`: whether it answers the question.")
    choices: tuple[str, ...]
    given: str | None
    score: int | None = Field(description="0 to 100; null: not answered.")
    right: bool | None
    answer: str | None = Field(description="The right one; null until the question is answered or the test completed.")
    card_id: UUID | None = Field(description="Null until then, too, and when the card is there no more.")


class MaterialResult(BaseModel):
    material: str | None = Field(description="Null: cards about none.")
    right: int
    questions: int


class WeeklyTestResult(BaseModel):
    """What was not answered counts as wrong."""

    score: int = Field(description="Right ones of a hundred.")
    right: int
    questions: int
    by_material: list[MaterialResult] = Field(description="The least known first.")
    look_at: list[MyCardOut] = Field(description="The cards of what was wrong.")
    repeated: int = Field(description="Cards that come back today, since the caller wanted that.")


class WeeklyTestBrief(BaseModel):
    id: UUID
    week: date = Field(description="Its Monday.")
    made_by: MadeBy
    created_at: datetime
    completed_at: datetime | None
    questions: int
    answered: int
    right: int | None = Field(description="Null until it is completed.")


class WeeklyTestOut(BaseModel):
    id: UUID
    week: date = Field(description="Its Monday.")
    made_by: MadeBy
    created_at: datetime
    completed_at: datetime | None
    threshold: int = Field(description="The score from which a typed answer is right.")
    questions: list[WeeklyTestQuestionOut]
    result: WeeklyTestResult | None = Field(description="Null until it is completed.")


class WeeklyTestAnswerIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    position: int = Field(ge=1, le=100)
    answer: Answer = Field(description="A choice as it is written, `true` or `false`, or what was typed.")


class CompleteIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    repeat_wrong: bool = Field(False, description="Count what was wrong as reviews rated `again`: it comes back today.")
