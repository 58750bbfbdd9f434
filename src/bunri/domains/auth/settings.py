"""How long a guest stays signed in, and how many may come."""

from datetime import timedelta

from pydantic import BaseModel, Field


class AuthSettings(BaseModel):
    access_ttl: timedelta = Field(timedelta(hours=1), description="Life of an access token.")
    refresh_ttl: timedelta = Field(timedelta(days=90), description="A session ends when unused for so long.")
    guests_per_minute: int = Field(
        60, ge=1, description="New guests from one address within a minute; an IPv6 network (/64) is one address."
    )
    refresh_grace: timedelta = Field(
        timedelta(seconds=10), description="Two tabs may refresh at once: the token before the newest is good for this."
    )
