"""Expected failures of chat. No text of theirs may look like a lost session: clients of old sign out at such words."""

from bunri.kit.errors import Conflict, Forbidden, Invalid, Limited, Missing


class RoomMissing(Missing):
    """No such room, or none that the caller may know of."""

    code = "room_missing"


class NotAMember(Forbidden):
    code = "not_a_member"


class RoomClosed(Conflict):
    """It can be read, and nothing can be added."""

    code = "room_closed"


class InviteInvalid(Invalid):
    """No link into this room that is still good."""

    code = "invite_invalid"


class Banned(Forbidden):
    """Data: ``until``."""

    code = "banned"


class Muted(Forbidden):
    """Data: ``until``."""

    code = "muted"


class QuietHours(Forbidden):
    """Nobody writes here now. Data: ``until``, a time of day."""

    code = "quiet_hours"


class SlowMode(Limited):
    """Data: ``retry_after`` in seconds."""

    code = "slow_mode"


class MessageMissing(Missing):
    code = "message_missing"


class NotYours(Forbidden):
    """Only its sender, or a moderator of the room, may do that."""

    code = "message_not_yours"


class ModeratorsOnly(Forbidden):
    code = "moderators_only"


class MessageEmpty(Invalid):
    code = "message_empty"


class NoPoll(Conflict):
    """The message asks nothing, or has no such choice."""

    code = "no_such_choice"


class TooManyRooms(Limited):
    """Data: ``most``."""

    code = "too_many_rooms"
