"""Which kind of failure is which HTTP status."""

from typing import Final

from bunri.kit import errors
from bunri.kit.errors import BunriError

STATUS: Final[tuple[tuple[type[BunriError], int], ...]] = (
    (errors.Invalid, 422),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.Missing, 404),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (errors.Unsupported, 415),
    (errors.Limited, 429),
    (errors.Full, 507),  # before its parent
    (errors.Unavailable, 503),
)


def status_of(error: BunriError) -> int:
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)
