"""How long a guest stays signed in."""

from datetime import timedelta

from pydantic import BaseModel, Field


class AuthSettings(BaseModel):
    access_ttl: timedelta = Field(timedelta(hours=1), description="Life of an access token.")
    refresh_ttl: timedelta = Field(timedelta(days=90), description="A session ends when unused for so long.")
    refresh_grace: timedelta = Field(
        timedelta(seconds=10), description="Two tabs may refresh at once: the token before the newest is good for this."
    )
