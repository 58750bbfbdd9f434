"""What somebody may want of their learning."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bunri.domains.learning.records import Channel

MOST_A_DAY = 1000
"""Cards: nobody looks at more, and the queue of a day is answered whole."""


class PreferencesChange(BaseModel):
    """What is left out stays as it is. Nothing is scheduled anew: the next review of each card follows it."""

    model_config = ConfigDict(extra="forbid")

    new_a_day: int | None = Field(None, ge=0, le=MOST_A_DAY)
    reviews_a_day: int | None = Field(None, ge=0, le=MOST_A_DAY)
    week_goal: int | None = Field(None, ge=0, le=10_000)
    retention: float | None = Field(None, ge=0.7, le=0.97, allow_inf_nan=False)
    rollover: int | None = Field(None, ge=0, le=12)
    makes_cards: bool | None = None
    remind_by: Channel | None = Field(None, description="How reminders come, where both are possible.")
    paused_until: date | None = Field(None, description="Null: reminders come again.")

    @property
    def changes(self) -> dict[str, Any]:
        said = self.model_dump(exclude_unset=True)
        return {name: value for name, value in said.items() if value is not None or name == "paused_until"}


class PreferencesOut(BaseModel):
    new_a_day: int = Field(description="New cards a day.")
    reviews_a_day: int = Field(description="Due cards a day.")
    week_goal: int = Field(description="Reviews a week.")
    retention: float = Field(description="How likely a card is still known when it comes back, 0.7 to 0.97.")
    rollover: int = Field(description="The hour at which a day begins.")
    makes_cards: bool = Field(description="A scan whose first guess was wrong becomes a card by itself.")
    remind_by: Channel = Field(description="How reminders come, where both are possible.")
    paused_until: date | None = Field(description="No reminder comes before that day.")
    own_parameters: bool = Field(description="The schedule follows the person's own reviews, not those of everybody.")
    zone: str = Field(description="Of the profile, where it is changed.")
    reminder_hour: int | None = Field(description="Of the profile, where it is changed.")
