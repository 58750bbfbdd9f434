"""How signing in can fail."""

from bunri.kit.errors import Limited, Unauthenticated


class RefreshInvalid(Unauthenticated):
    """Made up, expired, ended, or used before; what was used before ends the whole session."""

    code = "refresh_invalid"


class TooManyGuests(Limited):
    """As many guests came from this address within a minute as may come."""

    code = "too_many_guests"
