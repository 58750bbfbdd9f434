"""How signing in can fail."""

from bunri.kit.errors import Unauthenticated


class RefreshInvalid(Unauthenticated):
    """Unknown, expired, ended, or used before: the whole session is over."""

    code = "refresh_invalid"
