"""What auth's repository gives and takes: frozen values."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bunri.domains.auth.public import Kind
from bunri.kit.languages import Language


class Factor(StrEnum):
    """How a session's person showed who they are."""

    NAME = "name"
    """A guest, who shows nothing but a name."""
    PASSWORD = "password"  # noqa: S105  # a word, not a secret
    RECOVERY_CODE = "recovery_code"
    """A guest's only factor; for an account one of the codes that stand in for a lost second factor."""
    TOTP = "totp"
    PASSKEY = "passkey"
    """Two factors by itself: the device, and what unlocks it."""
    KAKAO = "kakao"
    NAVER = "naver"
    GOOGLE = "google"
    """An account elsewhere."""


def shows_two(factors: Collection[str]) -> bool:
    """Whether a session's person has shown a second factor, too."""
    return bool({Factor.TOTP, Factor.PASSKEY} & set(factors)) or (
        Factor.RECOVERY_CODE in factors and len(set(factors)) > 1
    )


@dataclass(frozen=True, slots=True)
class Device:
    """Where a request comes from, as far as its person recognises it and no further."""

    name: str = ""
    """Browser and system: "Firefox, Android"."""
    network: str = ""
    """The network, not the address: 203.0.113.0/24, or an IPv6 /48."""


@dataclass(frozen=True, slots=True)
class Person:
    """A guest or an account."""

    id: UUID
    name: str
    language: Language
    email: str | None
    password_hash: str | None
    roles: tuple[str, ...]
    created_at: datetime
    account_since: datetime | None = None
    disabled_at: datetime | None = None
    erase_at: datetime | None = None
    merged_into: UUID | None = None

    @property
    def kind(self) -> Kind:
        """An account has a way to sign in."""
        return Kind.ACCOUNT if self.account_since else Kind.GUEST

    @property
    def gone(self) -> bool:
        """Nobody may sign in as this person."""
        return self.disabled_at is not None or self.merged_into is not None


class Role(StrEnum):
    """What an account may do beyond its own things, once its person has shown two factors."""

    MODERATOR = "moderator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person in a list for operators."""

    person: Person
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in device and whose it is."""

    id: UUID
    person: Person
    refresh_hash: bytes
    previous_hash: bytes | None
    rotated_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    created_at: datetime
    ends_at: datetime
    authenticated_at: datetime
    factors: tuple[str, ...]
    device: Device

    def is_over(self, now: datetime) -> bool:
        return self.revoked_at is not None or min(self.expires_at, self.ends_at) <= now or self.person.gone


class RequestKind(StrEnum):
    """What waits for its confirmation."""

    REGISTER = "register"
    RESET_PASSWORD = "reset_password"  # noqa: S105
    CHANGE_EMAIL = "change_email"
    UNDO_EMAIL = "undo_email"
    OAUTH = "oauth"
    ADD_PASSKEY = "add_passkey"
    SHOW_PASSKEY = "show_passkey"
    SECOND_FACTOR = "second_factor"
    """Somebody who has shown one factor and has still to show the second."""


@dataclass(frozen=True, slots=True)
class Request:
    """Something asked for, and to be confirmed by its link or its code until ``expires_at``."""

    id: UUID
    kind: RequestKind
    person_id: UUID | None
    data: dict[str, Any]
    browser: bytes | None
    """The hash of the cookie that the browser that asked has."""
    tries: int
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Totp:
    """An authenticator app of a person. ``secret`` is encrypted; ``last_step`` is the latest whose code was used."""

    person_id: UUID
    secret: bytes
    created_at: datetime
    confirmed_at: datetime | None = None
    last_step: int | None = None


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key pair on a person's device; ``public_key`` is COSE, ``sign_count`` 0 where the device keeps no counter."""

    id: UUID
    person_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LinkedIdentity:
    """An account elsewhere by which a person signs in. ``refresh_token`` is encrypted."""

    provider: str
    subject: str
    refresh_token: bytes | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Unlinking:
    """A connection that is to be ended at its provider, tried for the ``attempts``-th time."""

    id: UUID
    provider: str
    subject: str
    person_id: UUID
    refresh_token: bytes | None
    attempts: int


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """What happened to an account."""

    kind: str
    device: Device
    created_at: datetime
