"""Expected failures of chat. No text of theirs may look like a lost session: clients of old sign out at such words."""

from bunri.kit.errors import Conflict, Forbidden, Invalid, Limited, Missing, TooLarge, Unavailable


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


class NotEditable(Conflict):
    """What was made of a scan or of a bin is not anybody's words."""

    code = "not_editable"


class ModeratorsOnly(Forbidden):
    code = "moderators_only"


class MessageEmpty(Invalid):
    code = "message_empty"


class WordRefused(Invalid):
    """The message has a word in it that is not wanted here. It is not said which: an answer repeats no insult."""

    code = "word_refused"


class NoPoll(Conflict):
    """The message asks nothing, or has no such choice."""

    code = "no_such_choice"


class TooManyRooms(Limited):
    """Data: ``most``."""

    code = "too_many_rooms"


class ScanMissing(Missing):
    """No scan of the caller that a room could be asked about."""

    code = "scan_missing"


class VoteClosed(Conflict):
    """It is known by now, or the time for it is over."""

    code = "vote_closed"


class NoPhoto(Conflict):
    """The message has no photo that the coach could look at."""

    code = "no_photo"


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class FileMissing(Missing):
    """No such file, or none that the caller may have."""

    code = "file_missing"


class FileTooLarge(TooLarge):
    """Data: ``limit_mb``."""

    code = "file_too_large"


class FilesWaiting(Limited):
    """The person has sent as many files that no message has as one may. Data: ``most``."""

    code = "files_waiting"


class FilesOfDay(Limited):
    """Data: ``limit_mb`` that one person may send in a day."""

    code = "files_of_day"


class RoomFilesFull(Conflict):
    """Data: ``limit_mb`` that the files of one room may have."""

    code = "room_files_full"


class FileNotUploaded(Conflict):
    """It was said to be there, and is not."""

    code = "file_not_uploaded"


class FileMismatch(Invalid):
    """What came has another size, type or digest than was announced."""

    code = "file_mismatch"


class FileInfected(Invalid):
    """The scanner has found something in it."""

    code = "file_infected"


class FileBusy(Unavailable):
    """Somebody is looking at it already, or it took too long. Data: ``retry_after`` in seconds."""

    code = "file_busy"


class FileNotReady(Conflict):
    """A message may have it once it was looked at."""

    code = "file_not_ready"


class FileUsed(Conflict):
    """Another message has it."""

    code = "file_used"
