"""What every provider of accounts does: sends a person to its own page, and says afterwards who came back."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, get_args

ProviderName = Literal["kakao", "naver", "google"]
PROVIDERS: Final[tuple[ProviderName, ...]] = get_args(ProviderName)

RANDOM_BYTES: Final = 32
"""Of each secret of an attempt: 256 bits. Written in base64url they are the 43 characters that RFC 7636 §4.1 recommends
for a code verifier."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in. It is kept by who began it, bound to the browser it was begun in, and used once."""

    state: str = field(repr=False)
    """Comes back with the person: a callback without it belongs to somebody else's attempt (RFC 6749 §10.12)."""
    nonce: str = field(repr=False)
    """Comes back inside the ID token, so that a stolen token of another attempt is of no use (OpenID Connect Core)."""
    code_verifier: str = field(repr=False)
    """Known to us alone: whoever steals the code cannot exchange it (PKCE, RFC 7636)."""
    redirect_uri: str
    """The address that the provider sends the person back to, as registered there. It is built from settings: taken
    from a request's Host header it would be the caller's choice."""


def new_attempt(redirect_uri: str, random: Callable[[int], bytes] = secrets.token_bytes) -> Attempt:
    """An attempt with secrets of its own, URL-safe. ``random`` gives so many random bytes."""
    return Attempt(new_secret(random), new_secret(random), new_secret(random), redirect_uri)


def new_secret(random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """256 random bits in base64url, 43 characters: a state, a nonce or a code verifier."""
    return urlsafe_b64encode(random(RANDOM_BYTES)).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who came back. ``provider`` and ``subject`` together are the identity (OpenID Connect Core §5.7); e-mail and name
    are what the provider said of it this time, and may be missing."""

    provider: ProviderName
    subject: str
    """At most 255 characters, and never a number, whatever the provider sends."""
    email: str | None
    email_verified: bool
    """Whether the provider says that the address is this person's; never True without one."""
    name: str | None
    """At most 100 characters, without control characters; no unique name."""
    access_token: str | None = field(default=None, repr=False)
    """For ``unlink`` while it is valid, an hour or more. It is not needed for anything else and need not be kept."""
    refresh_token: str | None = field(default=None, repr=False)
    """For ``renew``, some months; to be kept, encrypted, where ``unlink`` needs a token. None where it needs none, or
    the provider sent none this time."""


class Provider(Protocol):
    """A provider that this installation has been registered with."""

    @property
    def name(self) -> ProviderName: ...

    def authorize_url(self, attempt: Attempt, *, again: bool = False) -> str:
        """Where the person's browser goes to sign in. No request is made. ``again``: the person is to show who they
        are although they are signed in there, as far as the provider can be told that."""
        ...

    async def finish(self, callback: Mapping[str, str], attempt: Attempt) -> Identity:
        """Who came back, from the query of the callback and the attempt that was kept for this browser.

        The caller ends the attempt before it calls this, so that no attempt is finished twice. Raises SignInDenied,
        SignInFailed, AgeRefused, ProviderUnavailable and its kind ProviderMisconfigured.
        """
        ...

    async def renew(self, refresh_token: str) -> str | None:
        """A new access token (RFC 6749 §6); None when the refresh token is not good any more. Raises
        ProviderUnavailable and its kind ProviderMisconfigured."""
        ...

    async def unlink(self, subject: str, access_token: str | None = None) -> bool:
        """Ends the person's connection with this app at the provider, when an account is deleted.

        True when it has ended, now or before. False when it cannot be ended without a valid token of this person: then
        people do it themselves in the provider's settings. Raises ProviderUnavailable and its kind
        ProviderMisconfigured.
        """
        ...

    async def aclose(self) -> None:
        """Ends its connections."""
        ...
