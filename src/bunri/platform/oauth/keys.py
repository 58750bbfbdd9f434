"""The public keys by which a provider signs ID tokens (JWK Set, RFC 7517)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, Literal

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bunri.kit.clock import Clock
from bunri.platform.oauth.remembered import Remembered

MAX_AGE: Final = timedelta(hours=1)
"""A key that the provider withdraws is believed for so long."""
SOONEST: Final = timedelta(minutes=1)
"""An unknown key is looked for at most so often: whoever invents key ids does not make us ask each time."""
MOST_KEYS: Final = 32
ALGORITHM: Final = "RS256"


class JwkSet(BaseModel):
    keys: list[dict[str, Any]] = Field(max_length=MOST_KEYS)


class _Jwk(BaseModel):
    """An RSA key that may sign ID tokens."""

    kty: Literal["RSA"]
    kid: str = Field(min_length=1)
    use: Literal["sig"] = "sig"
    alg: Literal["RS256"] = ALGORITHM
    n: str = Field(min_length=342, description="2048 bits and more, in base64url")
    e: str


_JWK: Final = TypeAdapter(_Jwk)


class SigningKeys:
    """The keys of one provider by their id, remembered for an hour and fetched anew when an unknown one appears."""

    def __init__(self, fetch: Callable[[], Awaitable[JwkSet]], clock: Clock) -> None:
        async def fetch_keys() -> dict[str, RSAKey]:
            return usable(await fetch())

        self._keys = Remembered(fetch_keys, clock)

    async def get(self, kid: str) -> RSAKey | None:
        """The key ``kid``; None when the provider has none of that name. Raises what fetching raises."""
        known = await self._keys.get(MAX_AGE)
        if kid not in known:
            known = await self._keys.get(SOONEST)
        return known.get(kid)


def usable(keys: JwkSet) -> dict[str, RSAKey]:
    """Those that can check an RS256 signature, by their id. Others (other algorithms, for encryption, too short) are
    left out and cost the rest nothing."""
    found: dict[str, RSAKey] = {}
    for key in keys.keys:
        if imported := _imported(key):
            found.setdefault(*imported)
    return found


def _imported(key: Mapping[str, Any]) -> tuple[str, RSAKey] | None:
    try:
        jwk = _JWK.validate_python(key)
        return jwk.kid, RSAKey.import_key({"kty": "RSA", "n": jwk.n, "e": jwk.e})
    except (ValidationError, JoseError, ValueError):
        return None
