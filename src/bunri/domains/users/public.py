"""What the other domains may know of users: where they live, when they want to be reminded, and of what."""

from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, StringConstraints

from bunri.kit.events import Event

SEOUL = "Asia/Seoul"
"""The time zone of who has said nothing."""


class MailKind(StrEnum):
    """What somebody may be written to about, beside what happens to their account."""

    REVIEWS = "reviews"
    """Cards that are due."""
    COLLECTION_DAYS = "collection_days"
    """What is collected tomorrow."""
    MESSAGES = "messages"
    """Neighbours who mentioned or answered them."""


Region = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""The slug of a region of the rule table."""


class Profile(BaseModel):
    """Of a guest or an account; of who has said nothing, too."""

    model_config = ConfigDict(frozen=True)

    owner: str
    region: str | None = None
    building: str | None = None
    time_zone: str = SEOUL
    """IANA."""
    reminder_hour: int | None = None
    """0 to 23, in the time zone; None: no reminders."""
    mails: frozenset[MailKind] = frozenset()
    """What its owner asked to be written to about."""
    teaches: bool | None = None
    """Whether the models may learn from what its owner corrects; None: not asked yet."""


class UsersPublic(Protocol):
    async def profile(self, owner: str) -> Profile: ...

    async def unsubscribe_url(self, owner: str, kind: MailKind) -> str | None:
        """For ``List-Unsubscribe`` of a mail of that kind (RFC 8058); None where we do not know our own address."""
        ...


class ProfileChanged(Event):
    """Somebody has said something new of themselves: ask for their profile."""

    topic = "users.profile_changed"
    owner: str


class ExportAsked(Event):
    """Everything kept of a person is to be put into the archive ``export_id``."""

    topic = "users.export_asked"
    export_id: str
