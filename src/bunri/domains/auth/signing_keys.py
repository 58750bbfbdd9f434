"""The Ed25519 keys that sign access tokens: a new one every quarter, each derived from one secret.

Whoever has the secret has all keys, so none is stored and all processes agree without talking. A verifier takes the
key of this quarter and those beside it, since clocks differ and tokens outlive the change.
"""

import base64
import hashlib
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import KeySet, OKPKey

PERIOD: Final = timedelta(days=90)


class SigningKeys:
    """``seed``: a secret of at least 256 bits."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def at(self, now: datetime) -> OKPKey:
        """The key that signs at the time ``now``."""
        return _key(self._seed, _period(now))

    def accepted(self, now: datetime) -> KeySet:
        """Those whose signatures are good at the time ``now``."""
        return _accepted(self._seed, _period(now))

    def public(self, now: datetime) -> dict[str, list[dict[str, str]]]:
        """The JWK set (RFC 7517 §5) of the accepted keys' public halves."""
        halves = (key.as_dict(private=False) for key in self.accepted(now).keys)
        return {"keys": [{name: str(value) for name, value in half.items()} for half in halves]}


def _period(now: datetime) -> int:
    return int(now.timestamp() // PERIOD.total_seconds())


@lru_cache(maxsize=8)
def _accepted(seed: str, period: int) -> KeySet:
    return KeySet([_key(seed, each) for each in (period, period - 1, period + 1)])


@lru_cache(maxsize=32)
def _key(seed: str, period: int) -> OKPKey:
    private = hashlib.sha256(f"bunri access tokens {period} {seed}".encode()).digest()
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    kid = _b64(hashlib.sha256(public).digest()[:12])
    return OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": kid, "d": _b64(private), "x": _b64(public)}
    )


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
