"""What chat takes and gives. Keys with a † in the contract are those of the original client, so they keep its names."""

from datetime import datetime, time
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bunri.domains.chat.records import BinState, FileKind, MessageType, QuestionState, Role, RoomKind
from bunri.domains.chat.verdicts import VerdictOut

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


_MAY_BE_NULL: Final = {"quiet_from", "quiet_until", "keep_days"}


class RoomChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: RoomName | None = None
    slow_s: int | None = Field(None, ge=0, le=3600, description="Seconds between two messages of a member.")
    quiet_from: time | None = Field(None, description="From when on only moderators write; in Korea.")
    quiet_until: time | None = None
    keep_days: int | None = Field(
        None, ge=1, le=3650, description="Until messages are forgotten; null: as long as the service keeps them."
    )

    def changes(self) -> dict[str, Any]:
        """By the names of columns. Null is as if left out where a room always has a value."""
        said = self.model_dump(exclude_unset=True)
        return {name: value for name, value in said.items() if value is not None or name in _MAY_BE_NULL}


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
    first_seq: int = Field(alias="firstSeq", description="Messages before this number are kept no more.")
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
    keep_days: int | None = Field(
        alias="keepDays", description="Days until messages are forgotten; null: as long as the service keeps them."
    )


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
    invite: str | None = Field(None, min_length=1, max_length=64)


class InvitationIn(BaseModel):
    invite: str = Field(min_length=1, max_length=64, description="What the link has after its `#`.")


class InvitationOut(BaseModel):
    """What a link leads to, for who has it and has not come in yet."""

    model_config = ConfigDict(populate_by_name=True)

    room: UUID
    name: str
    kind: RoomKind
    members: int
    invited_by: str = Field(alias="invitedBy", description="Who made the link; empty for who has left the room.")
    expires_at: datetime = Field(alias="expiresAt")
    joined: bool = Field(description="The caller is a member already.")


class BanOut(BaseModel):
    """Somebody who may not come back before `until`."""

    model_config = ConfigDict(populate_by_name=True)

    user_id: str = Field(alias="userId")
    username: str = Field(description="As the room knew them; empty for who was no member then.")
    hash: str
    until: datetime


class WordsIn(BaseModel):
    words: list[Annotated[Text, StringConstraints(strip_whitespace=True, max_length=41)]] = Field(
        max_length=200, description="Refused in this room; with `!` before it an exception."
    )


class WordsOut(BaseModel):
    words: list[str]


class InviteIn(BaseModel):
    uses: int = Field(100, ge=1, le=1000)


class InviteOut(BaseModel):
    """Shown once. The page's address is made of it with the token in the fragment, which reaches no server's log."""

    token: str
    path: str = Field(examples=["/chat/join#…"])
    expires_at: datetime


class SettingsIn(BaseModel):
    notify: bool


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

MOST_FILES: Final = 10
"""Of one message."""


class FileIn(BaseModel):
    """What somebody is about to send."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=255)] = Field(examples=["안내문.pdf"])
    content_type: str = Field("", max_length=100, examples=["image/jpeg"], description="Empty where it is not known.")
    size: int = Field(ge=1, lt=2**40, description="Bytes; the upload must have exactly so many.")
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        None, description="Of the bytes; checked after the upload when given."
    )


class FileTicket(BaseModel):
    """Where and how to send it, as for a photo that is to be analysed."""

    file_id: UUID
    upload_url: str
    upload_method: Literal["PUT"] = "PUT"
    upload_headers: dict[str, str]
    upload_fields: dict[str, str] = Field(default_factory=dict, description="Form fields; empty for PUT.")
    expires_at: datetime


class FileOut(BaseModel):
    """A file of a room, as its members see it."""

    model_config = ConfigDict(populate_by_name=True)

    id: UUID
    name: str
    content_type: str = Field(alias="contentType")
    size: int = Field(description="Bytes.")
    kind: FileKind
    width: int | None = Field(description="Of a picture.")
    height: int | None
    url: str = Field(description="For members of the room, with their access token.")
    thumbnail_url: str | None = Field(alias="thumbnailUrl", description="Of a picture: at most 480 × 480.")


# ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class MessageIn(LenientIn):
    content: Content = ""
    client_id: ClientId | None = Field(None, alias="clientId", description="Sent twice, it is one message.")
    reply_to: UUID | None = Field(None, alias="replyTo")
    mentions: list[Person] = Field([], max_length=20)
    choices: list[Choice] | None = Field(None, min_length=2, max_length=4, description="Makes it a poll.")
    file_ids: list[UUID] = Field(
        [], alias="fileIds", max_length=MOST_FILES, description="Files of one's own, completed, that no message has."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.choices and self.file_ids:
            raise ValueError("a poll has no files")
        return self


class EditIn(BaseModel):
    content: Content


class PollChoice(BaseModel):
    text: str
    votes: list[str] = Field(description="Who took it.")


class BinOut(BaseModel):
    id: UUID
    kind: str
    name: str
    address: str | None
    state: BinState


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
    reported: bool = Field(description="So many reported it that it is folded until somebody has looked at it.")
    reply_to: UUID | None = Field(alias="replyTo")
    mentions: list[str]
    reactions: dict[str, list[str]]
    poll: list[PollChoice] | None = Field(description="Who took what, also of the choices of a verdict.")
    read_by: list[str] = Field(alias="readBy", description="A few of those who have read it.")
    files: list[FileOut]
    verdict: VerdictOut | None
    bin: BinOut | None


class ReactionIn(BaseModel):
    emoji: Sign
    on: bool = True


class VoteIn(BaseModel):
    choice: int = Field(ge=0, le=3)


class QuestionIn(LenientIn):
    """Of a scan of one's own."""

    job_id: UUID = Field(alias="jobId")
    item: int = Field(0, ge=0, le=20, description="Which item of the result.")


class CoachLooks(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    state: QuestionState
    message_id: UUID | None = Field(alias="messageId", description="What it said; null while it looks.")


class BinReportIn(LenientIn):
    """What somebody found of a bin."""

    bin_id: UUID = Field(alias="binId")
    state: BinState
    client_id: ClientId | None = Field(None, alias="clientId", description="Sent twice, it is one message.")


class ReportIn(BaseModel):
    reason: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class ReportOut(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    user_id: str = Field(alias="userId")
    username: str = Field(description="Empty for who has left the room.")
    reason: str
    created_at: datetime = Field(alias="createdAt")


class ReportedOut(BaseModel):
    """A message that somebody is to look at."""

    model_config = ConfigDict(populate_by_name=True)

    message: MessageOut
    room_name: str = Field(alias="roomName")
    reports: list[ReportOut] = Field(description="The oldest first, at most 50.")


class ReportCounts(BaseModel):
    """How many reported messages wait for the caller to look at them; no number goes beyond 100."""

    everywhere: int | None = Field(description="In all open rooms; null for who does not look after those.")
    rooms: dict[UUID, int] = Field(description="In rooms that the caller moderates and where there are some.")


class SettleIn(BaseModel):
    remove: bool = Field(description="The message goes; false: it stays, and is folded no more.")


class ActionOut(BaseModel):
    """What a moderator did. Names are those of the room; empty for who has left it."""

    model_config = ConfigDict(populate_by_name=True)

    id: UUID = Field(alias="_id")
    kind: str = Field(examples=["mute", "removed_message", "kept_message", "changed"])
    actor: str
    actor_username: str = Field(alias="actorUsername")
    target: str | None
    target_username: str = Field(alias="targetUsername")
    until: datetime | None
    details: dict[str, Any] = Field(description="Of a change the names of `settings`, of a message its `messageId`.")
    created_at: datetime = Field(alias="createdAt")


# ── notices on people's devices ───────────────────────────────────────────────────────────────────────────────────────


Endpoint = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[\x21-\x7e]+$")]


class PushKey(BaseModel):
    key: str = Field(description="What a browser subscribes with (`applicationServerKey`), base64url.")


class PushKeys(BaseModel):
    """Of a browser, as `PushSubscription.toJSON()` gives them."""

    p256dh: Annotated[str, StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9_-]+={0,2}$")]
    auth: Annotated[str, StringConstraints(max_length=40, pattern=r"^[A-Za-z0-9_-]+={0,2}$")]


class SubscriptionIn(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    endpoint: Endpoint
    keys: PushKeys
    shows_text: bool = Field(
        False, alias="showsText", description="Who said what may be on this device's locked screen."
    )


class SubscriptionGone(BaseModel):
    endpoint: Endpoint


class ReadIn(BaseModel):
    seq: int | None = Field(None, ge=0, lt=2**53, description="Up to where; left out: everything.")
    unread: bool = Field(False, description="Moves the mark back, on purpose.")


class ModerationIn(BaseModel):
    action: Literal["mute", "unmute", "kick", "ban", "unban", "promote", "demote"]
    minutes: int = Field(60, ge=1, le=60 * 24 * 365)
