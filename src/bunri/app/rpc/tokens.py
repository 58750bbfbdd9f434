"""How our services know each other."""

from datetime import timedelta
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from bunri.kit.clock import Clock
from bunri.kit.errors import Forbidden

AUDIENCE: Final = "bunri:internal"
TOKEN_TTL: Final = timedelta(seconds=60)


class NotAPeer(Forbidden):
    """An internal address was called without the services' token."""

    code = "not_a_peer"


class PeerTokens:
    """Short-lived tokens: JWT signed by HS256 under a key derived for this alone."""

    def __init__(self, key: str, clock: Clock) -> None:
        self._key = OctKey.import_key(key)
        self._clock = clock

    def issue(self) -> str:
        expires = int((self._clock() + TOKEN_TTL).timestamp())
        return jwt.encode({"alg": "HS256"}, {"aud": AUDIENCE, "exp": expires}, self._key)

    def check(self, authorization: str) -> None:
        """Raises NotAPeer."""
        try:
            claims = jwt.decode(authorization.removeprefix("Bearer "), self._key, algorithms=["HS256"]).claims
            good = claims["aud"] == AUDIENCE and claims["exp"] > self._clock().timestamp()
        except (JoseError, KeyError, ValueError, TypeError):
            good = False
        if not good:
            raise NotAPeer
