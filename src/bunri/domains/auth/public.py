"""What the other domains may know of auth: who is calling, and what becomes of people and sessions."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bunri.domains.auth.subjects import public_tag
from bunri.kit.errors import Unauthenticated
from bunri.kit.events import Event
from bunri.kit.languages import Language

__all__ = [
    "AccessVerifier",
    "AuthPublic",
    "Caller",
    "GuestMerged",
    "Kind",
    "KnownPerson",
    "Name",
    "PersonErased",
    "SessionEnded",
    "SessionEndings",
    "TokenExpired",
    "TokenInvalid",
    "public_tag",
]

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")
]
"""Of a person, as neighbours see it."""


class Kind(StrEnum):
    """How a person is known: by a name only, or by an account."""

    GUEST = "guest"
    ACCOUNT = "account"


class Caller(BaseModel):
    """A person behind a valid access token."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="guest_<uuid>; it stays the same for life, also when the guest becomes an account")
    session_id: UUID
    name: str
    kind: Kind = Kind.GUEST
    roles: frozenset[str] = frozenset()
    expires_at: datetime


class KnownPerson(BaseModel):
    """What auth knows of a person."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    hash: str = Field(description="A short public tag, since names are not unique.")
    kind: Kind
    email: str | None = Field(description="Of which its owner has shown that mail to it arrives.")
    has_password: bool
    language: Language
    roles: tuple[str, ...]
    created_at: datetime


class AuthPublic(Protocol):
    """Everything may be called again: once more changes nothing."""

    async def person(self, owner: str) -> KnownPerson | None:
        """None for somebody unknown, and for who has been merged or disabled."""
        ...

    async def rename(self, caller: Caller, name: Name) -> None:
        """Tokens tell of it from their next refresh on. Raises RefreshInvalid."""
        ...

    async def set_language(self, caller: Caller, language: Language) -> None:
        """That mails are written in. Raises RefreshInvalid."""
        ...

    async def begin_export(self, caller: Caller) -> None:
        """Notes that everything kept of the caller is to be handed out, and tells them by mail.

        Raises ReauthenticationNeeded, RefreshInvalid.
        """
        ...

    async def delete(self, caller: Caller) -> datetime:
        """When the caller will be erased: an account after a while, in which signing in keeps it; a guest at once. All
        sessions end. Raises ReauthenticationNeeded, RefreshInvalid."""
        ...


class AccessVerifier(Protocol):
    """Reads access tokens; needs a key and the set of ended sessions only, so every target can do it alone."""

    def verify(self, token: str) -> Caller:
        """Raises TokenInvalid, or TokenExpired also when the session has ended."""
        ...


class SessionEndings(Protocol):
    """Tells of sessions that end, in this process or elsewhere."""

    def on_ended(self, listener: Callable[[UUID], None]) -> None:
        """Calls ``listener`` with each session that is known here to have ended, within seconds of its end."""
        ...


class TokenInvalid(Unauthenticated):
    code = "token_invalid"


class TokenExpired(Unauthenticated):
    code = "token_expired"


class SessionEnded(Event):
    """A session is over: nobody may use its tokens any more."""

    topic = "auth.session_ended"
    session_id: UUID
    owner: str


class GuestMerged(Event):
    """The guest ``old`` is the person ``new``: what is kept of one belongs to the other."""

    topic = "auth.guest_merged"
    old: str
    new: str


class PersonErased(Event):
    """Nothing may be kept of ``owner`` any more."""

    topic = "auth.person_erased"
    owner: str
