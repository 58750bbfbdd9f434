"""What chat tells itself and other domains of: questions that rooms are asked, and what they found. And what it does
for them: it has rooms for them, and tells people's devices."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bunri.domains.locations.public import Vote
from bunri.kit.events import Event
from bunri.kit.languages import Language


class Device(BaseModel):
    """A browser whose person wants to be told of things while no page is open."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    person: str
    language: Language


class DeviceNotice(BaseModel):
    """What a device shows."""

    model_config = ConfigDict(frozen=True)

    tag: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,60}$")]
    """A newer one of the same tag takes its place, also where it was not delivered yet."""
    path: Annotated[str, StringConstraints(pattern=r"^/[a-z0-9/_-]*$", max_length=200)]
    """Of the web app: what a press on it opens."""
    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    body: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    ttl_s: int = Field(ge=0, le=86_400)
    """Seconds for which it is of use; the push service keeps it no longer."""


class Telling(StrEnum):
    TOLD = "told"
    GONE = "gone"
    """There is no such device, or not any more."""
    REFUSED = "refused"
    """Its push service will not take it at another try either."""
    LATER = "later"
    """Its push service does not take it now."""


class Told(BaseModel):
    """What became of a notice. ``retry_after_s``: how long the push service wants to be left alone, when it says so."""

    model_config = ConfigDict(frozen=True)

    telling: Telling
    retry_after_s: float | None = None


class PhotoShown(Event):
    """The coach is to look at a photo of a room."""

    topic = "chat.photo_shown"
    question_id: UUID


class CoachAddressed(Event):
    """Somebody has asked the coach in words."""

    topic = "chat.coach_addressed"
    message_id: UUID


class QuestionSettled(Event):
    """The neighbours of a room know what an item of a photo is."""

    topic = "chat.question_settled"
    question_id: UUID
    job_id: UUID
    owner: str
    position: int
    said_by: Literal["owner", "neighbours"]
    value: str
    """As waste names it: the slug of an item, or a material."""


class BinSeen(Event):
    """Somebody has said in a room what they saw of a bin."""

    topic = "chat.bin_seen"
    bin_id: UUID
    person: str
    vote: Vote


class RoomSpoke(Event):
    """There are messages in a room that people's devices may have to be told of."""

    topic = "chat.room_spoke"
    room_id: UUID


Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class ChatPublic(Protocol):
    """Rooms of kind ``class``, which another domain opens, fills and erases; their ids are that domain's. And people's
    devices, which are told of what other domains have to say."""

    async def enter_class_room(self, room_id: UUID, room_name: Name, person: str, name: Name, teaches: bool) -> None:
        """``person`` is in the room, where others see ``name`` whatever they are called elsewhere. The first one who
        ``teaches`` opens it and owns it. Once more does no harm.

        Raises RoomMissing (nobody has opened it), RoomClosed, Banned, TooManyRooms, WordRefused."""
        ...

    async def leave_class_room(self, room_id: UUID, person: str, teacher: str | None, name: Name | None) -> None:
        """``person`` is in it no longer, if they were. If they owned it, ``teacher``, who teaches the class now, does
        so from then on, under ``name``; where there is no other teacher, they stay."""
        ...

    async def erase_class_room(self, room_id: UUID) -> bool:
        """Its messages, files and members go. Whether nothing at all is left: objects of files are removed later, and
        until then it is to be called again."""
        ...

    async def devices(self, people: Sequence[str]) -> list[Device]:
        """Those of ``people``, each of whom may have some or none."""
        ...

    async def tell_device(self, device_id: UUID, notice: DeviceNotice) -> Told:
        """One try. A device that is gone is forgotten."""
        ...
