"""What learning tells about somebody's progress."""

from datetime import date

from pydantic import BaseModel, Field


class TodayOut(BaseModel):
    reviews: int
    minutes: float
    new: int = Field(description="Cards seen for the first time.")


class WeekOut(BaseModel):
    begins: date = Field(description="Monday.")
    reviews: int
    goal: int = Field(description="Reviews a week.")
    days: int = Field(description="Days on which something was reviewed.")


class StreakOut(BaseModel):
    weeks: int = Field(description="Weeks in a row with a day of study; this week does not end it.")
    days: int = Field(description="Days of study in a row. One missed day a week is forgiven, and today is not over.")


class DayOut(BaseModel):
    day: date
    reviews: int


class ForecastDay(BaseModel):
    day: date
    cards: int


class RetentionOut(BaseModel):
    """Of the first answers of a day on cards that were known before."""

    days: int = Field(description="Of the last so many days.")
    answers: int
    right: int
    share: float | None = Field(description="0 to 1; null without an answer.")


class MaterialRetention(BaseModel):
    material: str | None = Field(description="Null: cards that are about none.")
    retention: list[RetentionOut]


class StatsOut(BaseModel):
    day: date = Field(description="The caller's study day.")
    today: TodayOut
    week: WeekOut
    streak: StreakOut
    heat_map: list[DayOut] = Field(description="Of the last 365 days, those with reviews.")
    retention: list[RetentionOut]
    by_material: list[MaterialRetention] = Field(description="The one with the most answers first.")
    forecast: list[ForecastDay] = Field(description="The next 30 days; what is overdue counts for today.")
    hard: int = Field(description="Cards forgotten six times and more.")
