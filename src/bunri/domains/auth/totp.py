"""Codes of an authenticator app (TOTP, RFC 6238): six digits, a new one every 30 seconds. Pure."""

import hmac
from datetime import datetime, timedelta
from typing import Final

import pyotp

STEP: Final = timedelta(seconds=30)
DIGITS: Final = 6
SKEW: Final = 1
"""Steps before and after the present one that are taken too: clocks differ, and people type slowly."""


def new_secret() -> str:
    """160 random bits in base32 (RFC 4226 §4)."""
    return pyotp.random_base32()


def uri_of(secret: str, account: str) -> str:
    """``otpauth://…``, for a QR code; ``account`` is what the app shows beside our name."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name="bunri")


def code_at(secret: str, now: datetime) -> str:
    """What the app shows at the time ``now``."""
    return _code(secret, _step(now))


def step_of(secret: str, typed: str, now: datetime, *, after: int | None) -> int | None:
    """The step whose code ``typed`` is, with whatever spaces. None for no code of now, and for one of a step that is
    not later than ``after``, the last one that was used: no code works twice (RFC 6238 §5.2)."""
    given, present = "".join(typed.split()).encode(), _step(now)
    steps = [present + offset for offset in range(-SKEW, SKEW + 1)]
    found = [step for step in steps if hmac.compare_digest(_code(secret, step).encode(), given)]
    return next((step for step in found if after is None or step > after), None)


def _step(now: datetime) -> int:
    return int(now.timestamp() // STEP.total_seconds())


def _code(secret: str, step: int) -> str:
    return pyotp.TOTP(secret, digits=DIGITS, interval=int(STEP.total_seconds())).generate_otp(step)
