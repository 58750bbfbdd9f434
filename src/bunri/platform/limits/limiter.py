"""What a limiter does, whatever it counts in."""

from typing import NamedTuple, Protocol

from bunri.platform.limits.classes import LimitClass, Per


class Bucket(NamedTuple):
    """What is counted together: one class of one ``key``, which is a person's id, an account, a mail address or a
    network (kit.networks). Limiters keep digests of keys only."""

    limit_class: LimitClass
    key: str
    per: Per = "person"


class Standing(NamedTuple):
    """How a bucket stands after a request."""

    limit_class: LimitClass
    limit: int
    """Requests within ``window_s`` seconds."""
    window_s: int
    remaining: int
    reset_s: int
    """Seconds until more may be asked for: those until the current window ends, or, for who is refused, until the same
    request would be taken."""


class RateLimiter(Protocol):
    """Counts requests in sliding windows. A refused request counts for nothing."""

    async def hit(self, limit_class: LimitClass, key: str, cost: int = 1) -> Standing | None:
        """Counts ``cost`` requests of the person, account or mail address ``key``; None where nothing is counted.

        Raises TooMany, with ``retry_after``; LimitsUnavailable for a class in FAIL_CLOSED when nobody can count.
        """
        ...

    async def check(self, limit_class: LimitClass, key: str) -> None:
        """Counts nothing, and raises what ``hit`` would."""
        ...

    async def check_all(self, *buckets: Bucket, cost: int = 1) -> None:
        """The same for several buckets, and ``hit_all``."""
        ...

    async def hit_all(self, *buckets: Bucket, cost: int = 1) -> Standing | None:
        """Counts in several buckets at once; the answer is that of the fullest. Raises what ``hit`` does, as soon as
        one of them refuses; the others have counted it then."""
        ...
