"""How a search for places can fail."""

from bunri.kit.errors import Unavailable


class PlacesFailed(Unavailable):
    """The map service returned nothing usable.

    ``reason``: timeout, connection, circuit_open, spent, status_401, garbage …
    """

    code = "places_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason
