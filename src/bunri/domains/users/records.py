"""What users' repository gives and takes: frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bunri.domains.users.public import MailKind


@dataclass(frozen=True, slots=True)
class ProfileRecord:
    """What somebody has said of themselves; None: nothing."""

    owner: str
    region: str | None = None
    building: str | None = None
    time_zone: str | None = None
    reminder_hour: int | None = None
    mails: Sequence[MailKind] = ()
    teaches: bool | None = None
    """Whether the models may learn from their corrections, with the pictures."""
    teaches_said_at: datetime | None = None
    avatar: UUID | None = None


class ExportState(StrEnum):
    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Export:
    """An archive of everything kept of a person. ``progress`` in per cent, ``size`` in bytes once it is ready."""

    id: UUID
    owner: str
    state: ExportState
    progress: int
    size: int | None
    created_at: datetime
    expires_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in (ExportState.WAITING, ExportState.WORKING)


def avatar_key(avatar: UUID) -> str:
    return f"{AVATARS}{avatar}.webp"


def export_key(export: UUID) -> str:
    return f"{EXPORTS}{export}.zip"


AVATARS = "avatars/"
EXPORTS = "exports/"
