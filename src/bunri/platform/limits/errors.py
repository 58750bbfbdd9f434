"""How a limit refuses."""

from typing import Final

from bunri.kit.errors import Limited, Unavailable
from bunri.platform.limits.classes import LimitClass
from bunri.platform.limits.limiter import Standing


class TooMany(Limited):
    """More than the class allows within its time. ``standing`` is that of the bucket that is empty;
    ``data["retry_after"]`` are the seconds until it takes this request."""

    code = "too_many"

    def __init__(self, standing: Standing) -> None:
        super().__init__(retry_after=standing.reset_s)
        self.standing = standing


class TooManyGuests(TooMany):
    code = "too_many_guests"


class TooManySignIns(TooMany):
    code = "too_many_sign_ins"


class TooManyBytes(TooMany):
    code = "too_many_bytes"


class TooManyMails(TooMany):
    code = "too_many_mails"


class LimitsUnavailable(Unavailable):
    """Nobody can count, and the class is one that is refused then."""

    code = "limits_unavailable"


_OF_A_CLASS: Final[dict[LimitClass, type[TooMany]]] = {
    "guest": TooManyGuests,
    "sign_in": TooManySignIns,
    "wrong_try": TooManySignIns,
    "register": TooManySignIns,
    "mail": TooManyMails,
    "photo_mb": TooManyBytes,
    "file_mb": TooManyBytes,
}


def too_many(standing: Standing) -> TooMany:
    """The error of the standing's class."""
    return _OF_A_CLASS.get(standing.limit_class, TooMany)(standing)
