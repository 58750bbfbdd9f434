"""Where passkeys are good. By settings, never by what a request says of its host: a passkey is bound to it for ever."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_THIS_MACHINE = "localhost"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """``id``: a domain (WebAuthn §5.1.2). ``origins``: those of its pages; none: every port of this machine."""

    id: str
    origins: tuple[str, ...]

    @property
    def place(self) -> str:
        """Where people have to go."""
        return self.origins[0] if self.origins else self.id

    @property
    def is_possible(self) -> bool:
        """An address is no domain: browsers make no passkeys for it."""
        try:
            ipaddress.ip_address(self.id.strip("[]"))
        except ValueError:
            return True
        return False

    def takes(self, origin: str) -> bool:
        """Whether a passkey may be used by a page of ``origin``."""
        return origin in self.origins if self.origins else _is_of_this_machine(origin)


def relying_party(rp_id: str | None, public_url: str | None, more_origins: Sequence[str]) -> RelyingParty:
    """``rp_id``, or else the host of ``public_url``, or this machine."""
    parts = urlsplit(public_url) if public_url else None
    own = (f"{parts.scheme}://{parts.netloc}",) if parts else ()
    return RelyingParty(rp_id or (parts and parts.hostname) or _THIS_MACHINE, (*own, *more_origins))


def _is_of_this_machine(origin: str) -> bool:
    try:
        return urlsplit(origin).hostname == _THIS_MACHINE
    except ValueError:
        return False
