"""How signing in through a provider can fail.

Each error names its ``provider`` and a ``reason`` for logs and tests. A reason is one of ours (``state``, ``nonce`` …)
or the provider's own code (``KOE320``, ``-101``, ``invalid_grant`` …); people are told a sentence without it.
"""

from typing import ClassVar

from bunri.kit.errors import BunriError, Forbidden, Invalid, Unavailable


class _SignInError(BunriError):
    """What the five below have in common; nobody raises it."""

    code = "sign_in_error"

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(provider=provider, reason=reason)
        self.provider = provider
        self.reason = reason


class SignInDenied(_SignInError, Forbidden):
    """The person said no on the provider's page."""

    code = "sign_in_denied"


class SignInFailed(_SignInError, Invalid):
    """This attempt cannot succeed and a new one may: a code that was used, a wrong state, nonce or signature …"""

    code = "provider_sign_in_failed"


class AgeRefused(_SignInError, Forbidden):
    """The provider gives nothing about children under 14 to this app."""

    code = "sign_in_age_refused"


class ProviderUnavailable(_SignInError, Unavailable):
    """The provider returned nothing usable.

    ``reason``: timeout, connection, circuit_open, garbage, too_long, spent, maintenance, status_503 …
    """

    code = "sign_in_unavailable"


class ProviderMisconfigured(ProviderUnavailable):
    """The provider refuses the app itself: a wrong secret, an address that is not registered, a scope that is not set
    up. Only the operator can help."""

    code = "sign_in_misconfigured"
    retryable: ClassVar[bool] = False
