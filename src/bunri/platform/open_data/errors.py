"""How fetching open data can fail."""

from bunri.kit.errors import Unavailable


class OpenDataFailed(Unavailable):
    """The provider returned nothing usable.

    ``reason``: timeout, connection, circuit_open, garbage, too_long, key_refused, spent, no_service, overloaded,
    status_404, code_99 …
    """

    code = "open_data_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason
