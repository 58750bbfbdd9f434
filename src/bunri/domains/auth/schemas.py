"""What auth's endpoints take and give."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class GuestIn(BaseModel):
    username: Name = Field(description="What neighbours see. Need not be unique.", examples=["초록이"])


class RefreshIn(BaseModel):
    refresh_token: str = Field(min_length=20, max_length=128)


class User(BaseModel):
    id: str = Field(examples=["guest_01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10"])
    username: str


class Tokens(BaseModel):
    """RFC 6749 §5.1, and who it is for."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # the type's name, not a secret
    expires_in: int = Field(description="Seconds until the access token expires.")
    user: User
