"""What others may know of Web Push."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, Protocol

LARGEST: Final = 3000
"""Bytes of a payload; push services take 4096 of them with what encryption adds (RFC 8030 §7.2)."""


@dataclass(frozen=True, slots=True)
class PushTarget:
    """A browser's subscription, as its Push API gives it."""

    endpoint: str
    """The address at the push service of the browser's maker; whoever knows it may send there."""
    p256dh: bytes
    """Its public key: a point of P-256, uncompressed, 65 bytes."""
    auth: bytes
    """Its secret, 16 bytes."""


@dataclass(frozen=True, slots=True)
class PushMessage:
    payload: bytes
    """At most LARGEST bytes; the push service cannot read it."""
    topic: str
    """A newer message of the same topic takes the place of one that was not delivered yet; at most 32 letters of
    base64url (RFC 8030 §5.4)."""
    ttl_s: int
    """Seconds for which the push service keeps it."""
    urgency: Literal["low", "normal", "high"] = "normal"


def wait_after(attempts: int) -> timedelta:
    """Until the next try of what was not taken, after so many: 30 seconds to an hour."""
    return timedelta(seconds=15 * 2 ** min(attempts, 8))


class Pusher(Protocol):
    @property
    def public_key(self) -> str:
        """What a browser subscribes with (``applicationServerKey``): base64url of 65 bytes."""
        ...

    def check(self, target: PushTarget) -> None:
        """Raises PushRefused for what is no subscription, or one of a push service that is not trusted."""
        ...

    async def send(self, target: PushTarget, message: PushMessage) -> None:
        """One try. Raises PushGone, PushRefused, PushUnavailable."""
        ...
