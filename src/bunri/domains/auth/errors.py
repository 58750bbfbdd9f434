"""How signing in can fail."""

from bunri.kit.errors import Unauthenticated


class RefreshInvalid(Unauthenticated):
    """Made up, expired, ended, or used before; what was used before ends the whole session."""

    code = "refresh_invalid"
