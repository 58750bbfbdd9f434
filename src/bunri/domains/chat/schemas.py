"""What chat takes and gives. Keys with a † in the contract are those of the original client, so they keep its names."""

from datetime import datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bunri.domains.chat.records import MessageType, Role, RoomKind

LONGEST = 4000
"""Characters of a message."""
Text = Annotated[str, AfterValidator(lambda text: text.replace("\x00", ""))]
"""Without the one character that PostgreSQL cannot keep."""
Content = Annotated[Text, StringConstraints(max_length=LONGEST)]
Person = Annotated[str, StringConstraints(max_length=60, pattern=r"^[\x21-\x7e]+$")]
"""The id of somebody."""
RoomName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")
]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]
Area = Annotated[str, StringConstraints(pattern=r"^[0-9b-hjkmnp-z]{4,6}$")]
"""A geohash of 4 to 6 letters (39 km to 1.2 km): coarse, and made on the device."""
Sign = Annotated[str, StringConstraints(min_length=1, max_length=16, pattern=r"^[^\s\x00-\x7f][^\s\x00-\x1f]*$")]
"""An emoji."""
Choice = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class LenientIn(BaseModel):
    """Of a socket's event: clients of old send more than we read."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore")


# ── rooms ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class RoomIn(BaseModel):
    name: RoomName
    kind: RoomKind = RoomKind.PUBLIC
    area: Area | None = Field(None, description="Of a room for a neighbourhood: a geohash of 4 to 6 letters.")


class RoomChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: RoomName | None = None
    slow_s: int | None = Field(None, ge=0, le=3600, description="Seconds between two messages of a member.")
    quiet_from: time | None = Field(None, description="From when on only moderators write; in Korea.")
    quiet_until: time | None = None

    def changes(self) -> dict[str, Any]:
        """By the names of columns. Null is as if left out where a room always has a value."""
        said = self.model_dump(exclude_unset=True)
        return {name: value for name, value in said.items() if value is not None or name.startswith("quiet_")}


class LastMessage(BaseModel):
    """What a list of rooms shows of the newest message."""

    model_config = ConfigDict(populate_by_name=True)

    id: UUID = Field(alias="_id")
    seq: int
    content: str
    type: MessageType
    sender: str
    sender_username: str = Field(alias="senderUsername")
    created_at: datetime = Field(alias="createdAt")


class RoomOut(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    id: UUID = Field(alias="_id")
    name: str
    kind: RoomKind
    area: str | None
    last_message: LastMessage | None = Field(alias="lastMessage")
    created_at: datetime = Field(alias="createdAt")
    updated_at: datetime = Field(alias="updatedAt")
    closed_at: datetime | None = Field(alias="closedAt")
    last_seq: int = Field(alias="lastSeq")
    last_rev: int = Field(alias="lastRev")
    role: Role | None = Field(description="Null for who is no member.")
    read_seq: int = Field(alias="readSeq")
    unread: int
    notify: bool
    online: int = Field(description="How many of its members are here now.")
    slow_s: int = Field(alias="slowSeconds")
    quiet_from: time | None = Field(alias="quietFrom")
    quiet_until: time | None = Field(alias="quietUntil")


class MemberOut(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    user_id: str = Field(alias="userId")
    username: str
    hash: str
    role: Role
    joined_at: datetime = Field(alias="joinedAt")
    muted_until: datetime | None = Field(alias="mutedUntil")
    online: bool


class JoinIn(BaseModel):
    invite: str | None = Field(None, min_length=20, max_length=64)


class InviteIn(BaseModel):
    uses: int = Field(100, ge=1, le=1000)


class InviteOut(BaseModel):
    """Shown once. The page's address is made of it with the token in the fragment, which reaches no server's log."""

    token: str
    path: str = Field(examples=["/chat/join#…"])
    expires_at: datetime


class SettingsIn(BaseModel):
    notify: bool


# ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class MessageIn(LenientIn):
    content: Content = ""
    client_id: ClientId | None = Field(None, alias="clientId", description="Sent twice, it is one message.")
    reply_to: UUID | None = Field(None, alias="replyTo")
    mentions: list[Person] = Field([], max_length=20)
    choices: list[Choice] | None = Field(None, min_length=2, max_length=4, description="Makes it a poll.")


class EditIn(BaseModel):
    content: Content


class PollChoice(BaseModel):
    text: str
    votes: list[str] = Field(description="Who took it.")


class MessageOut(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    id: UUID = Field(alias="_id")
    room: UUID
    seq: int
    rev: int = Field(description="The room's number of its newest change.")
    client_id: str | None = Field(alias="clientId")
    content: str
    type: MessageType
    sender: str
    sender_username: str = Field(alias="senderUsername")
    sender_hash: str = Field(alias="senderHash")
    created_at: datetime = Field(alias="createdAt")
    edited_at: datetime | None = Field(alias="editedAt")
    deleted: bool
    reply_to: UUID | None = Field(alias="replyTo")
    mentions: list[str]
    reactions: dict[str, list[str]]
    poll: list[PollChoice] | None
    read_by: list[str] = Field(alias="readBy", description="A few of those who have read it.")
    files: list[dict[str, Any]]
    verdict: dict[str, Any] | None


class ReactionIn(BaseModel):
    emoji: Sign
    on: bool = True


class VoteIn(BaseModel):
    choice: int = Field(ge=0, le=3)


class ReportIn(BaseModel):
    reason: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class ReadIn(BaseModel):
    seq: int | None = Field(None, ge=0, lt=2**53, description="Up to where; left out: everything.")
    unread: bool = Field(False, description="Moves the mark back, on purpose.")


class ModerationIn(BaseModel):
    action: Literal["mute", "unmute", "kick", "ban", "unban", "promote", "demote"]
    minutes: int = Field(60, ge=1, le=60 * 24 * 365)
