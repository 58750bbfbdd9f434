"""What a route says about itself: the middleware of ``edge.http`` obeys it before the route is reached."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from bunri.platform.limits.classes import LimitClass

F = TypeVar("F", bound=Callable[..., Any])

LARGEST_JSON: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class RoutePolicy:
    """``idempotent``: it takes an ``Idempotency-Key``. ``max_body``: bytes of a request's body, refused before anybody
    parses it; None: the route bounds it itself. ``rate_limit``: the limit that its requests count against; None:
    none."""

    idempotent: bool = False
    max_body: int | None = LARGEST_JSON
    rate_limit: LimitClass | None = "read"


DEFAULT: Final = RoutePolicy()
_ATTRIBUTE: Final = "__bunri_policy__"


def policy(
    *, idempotent: bool = False, max_body: int | None = LARGEST_JSON, rate_limit: LimitClass | None = "write"
) -> Callable[[F], F]:
    """Marks an endpoint with its RoutePolicy. It goes below the router's decorator."""

    def marked(endpoint: F) -> F:
        setattr(endpoint, _ATTRIBUTE, RoutePolicy(idempotent, max_body, rate_limit))
        return endpoint

    return marked


def policy_of(endpoint: object) -> RoutePolicy:
    """What ``endpoint`` was marked with."""
    found = getattr(endpoint, _ATTRIBUTE, DEFAULT)
    return found if isinstance(found, RoutePolicy) else DEFAULT
