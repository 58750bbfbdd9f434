"""A card as every kind of file brings it. The reading process says so line by line, and is not trusted with it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bunri.domains.learning.anki.limits import LONGEST_SIDE
from bunri.domains.learning.records import CardKind
from bunri.kit.finding import composed

Text = Annotated[str, AfterValidator(lambda text: composed(text.replace("\x00", "")))]
Key = Annotated[Text, StringConstraints(min_length=1, max_length=100)]
Line = Annotated[Text, StringConstraints(min_length=1, max_length=80)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class BroughtReview(BaseModel):
    """``at`` in milliseconds since 1970. ``kind``: ``review`` has a ``rating``, ``reset`` begins the card anew."""

    model_config = ConfigDict(frozen=True)

    key: Key
    kind: Literal["review", "reset", "cut"] = "review"
    at: int = Field(ge=10**12, le=10**13)
    rating: int | None = Field(None, ge=1, le=4)
    seconds: Number | None = None


class BroughtMemory(BaseModel):
    """What is known of a card without a log: days, and the milliseconds of the last review."""

    model_config = ConfigDict(frozen=True)

    stability: Annotated[Number, Field(ge=0.001, le=36_500)]
    difficulty: Annotated[Number, Field(ge=1, le=10)]
    interval: int = Field(ge=1, le=36_500)
    last_at: int = Field(ge=10**12, le=10**13)


class BroughtCard(BaseModel):
    """``deck`` is a name, empty where the file has none. ``key`` is the card's own within it, ``note`` that of its
    siblings together. Pictures are ``media:#<number>`` of ``pictures``, which are files of the reading process."""

    model_config = ConfigDict(frozen=True)

    deck: Annotated[Text, StringConstraints(max_length=80)] = ""
    key: Key
    note: Key
    guid: Key | None = None
    kind: CardKind
    front: Annotated[Text, StringConstraints(min_length=1, max_length=LONGEST_SIDE)]
    back: Annotated[Text, StringConstraints(min_length=1, max_length=LONGEST_SIDE)]
    choices: list[Line] = Field(default_factory=list, max_length=6)
    accepted: list[Line] = Field(default_factory=list, max_length=20)
    tags: list[Annotated[Text, StringConstraints(min_length=1, max_length=40)]] = Field(
        default_factory=list, max_length=20
    )
    item: Annotated[Text, StringConstraints(max_length=80)] | None = None
    material: Annotated[Text, StringConstraints(max_length=80)] | None = None
    pictures: list[Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}$")]] = Field(
        default_factory=list, max_length=100
    )
    reviews: list[BroughtReview] = Field(default_factory=list, max_length=5000)
    memory: BroughtMemory | None = None
    suspended: bool = False
