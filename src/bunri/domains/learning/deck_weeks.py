"""What those who learn a deck together see of each other."""

from pydantic import BaseModel, ConfigDict, Field


class PersonsWeek(BaseModel):
    """Counts, and never what was asked or answered."""

    name: str
    me: bool
    reviewed: int = Field(description="Reviews of the deck's cards since Monday.")
    known: int = Field(description="Its cards that are learned and come back after days.")


class DeckWeekOut(BaseModel):
    shown: bool = Field(description="The others see one's own.")
    members: int = Field(description="How many learn the deck, also those who do not show their week.")
    people: list[PersonsWeek] = Field(description="Oneself first, then those who show it.")


class ShowWeek(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shown: bool
