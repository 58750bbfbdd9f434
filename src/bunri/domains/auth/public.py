"""What the other domains may know of auth: who is calling."""

from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from bunri.kit.errors import Unauthenticated


class Caller(BaseModel):
    """A person behind a valid access token."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="guest_<uuid> for a guest")
    name: str
    expires_at: datetime


class AccessVerifier(Protocol):
    """Reads access tokens; needs the public key only, so every target can do it alone."""

    def verify(self, token: str) -> Caller:
        """Raises TokenInvalid or TokenExpired."""
        ...


class TokenInvalid(Unauthenticated):
    code = "token_invalid"


class TokenExpired(Unauthenticated):
    code = "token_expired"


_bearer = HTTPBearer(auto_error=False, description="The access token from `POST /api/v1/auth/guest`.")


async def _current(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    if given is None:
        raise Unauthenticated
    verifier: AccessVerifier = request.app.state.verifier
    return verifier.verify(given.credentials)


CurrentCaller = Annotated[Caller, Depends(_current)]
"""FastAPI dependency: the caller, or 401."""
