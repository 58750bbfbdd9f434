"""Access tokens: JWT (RFC 7519) signed with Ed25519 (RFC 8037). Refresh tokens: opaque. Pure: time is an argument."""

import base64
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError

from bunri.domains.auth.public import Caller, Kind, TokenExpired, TokenInvalid
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.kit.ids import parse_id

ISSUER: Final = "bunri"
AUDIENCE: Final = "bunri:access"
ALGORITHMS: Final = ["Ed25519"]
"""The fully specified name of EdDSA on Curve25519 (RFC 9864)."""
LONGEST: Final = 2048
"""Characters of a token we are willing to parse."""
LONGEST_LIFE: Final = timedelta(days=366)
"""A token that is good for longer is none of ours, whatever its signature says."""
LEEWAY: Final = timedelta(seconds=60)
"""By how much the clock of the process that issued a token may be ahead."""


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Claims(NamedTuple):
    """Who an access token is for, in which session, and what they may do."""

    subject: str
    session_id: UUID
    name: str
    kind: Kind
    roles: Sequence[str]


def issue_access(keys: SigningKeys, claims: Claims, now: datetime, ttl: timedelta) -> str:
    """An access token that is good for ``ttl``."""
    document = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": claims.subject,
        "sid": str(claims.session_id),
        "name": claims.name,
        "kind": claims.kind,
        "roles": list(claims.roles),
        "iat": int(now.timestamp()),
        "exp": int((now + ttl).timestamp()),
    }
    key = keys.at(now)
    header = {"alg": ALGORITHMS[0], "typ": "at+jwt", "kid": key.kid}
    return jwt.encode(header, document, key, algorithms=ALGORITHMS)


class Verifier:
    """Checks access tokens, and remembers the last few thousand good ones: a poll should not cost a signature."""

    def __init__(
        self,
        keys: SigningKeys,
        clock: Callable[[], datetime],
        has_ended: Callable[[UUID], bool] = lambda _: False,
        *,
        remembered: int = 4096,
    ) -> None:
        """``has_ended`` knows the sessions whose tokens are no longer good."""
        self._keys = keys
        self._clock = clock
        self._has_ended = has_ended
        self._known: OrderedDict[str, Caller] = OrderedDict()
        self._remembered = remembered

    def verify(self, token: str) -> Caller:
        """Raises TokenInvalid for anything that is not an access token of ours, TokenExpired for an old one or one of
        an ended session."""
        caller = self._known.get(token)
        if caller is None:
            caller = self._read(token)
            self._known[token] = caller
            if len(self._known) > self._remembered:
                self._known.popitem(last=False)
        if caller.expires_at <= self._clock() or self._has_ended(caller.session_id):
            self._known.pop(token, None)
            raise TokenExpired
        return caller

    def _read(self, token: str) -> Caller:
        if len(token) > LONGEST:
            raise TokenInvalid
        try:
            decoded = jwt.decode(token, self._keys.accepted(self._clock()), algorithms=ALGORITHMS)
            claims = decoded.claims
            if decoded.header.get("typ") != "at+jwt" or claims["iss"] != ISSUER or claims["aud"] != AUDIENCE:
                raise TokenInvalid
            if not self._is_of_now(claims):
                raise TokenInvalid
            return Caller(
                id=claims["sub"],
                session_id=claims["sid"],
                name=claims["name"],
                kind=claims["kind"],
                roles=claims["roles"],
                expires_at=datetime.fromtimestamp(claims["exp"], tz=UTC),
            )
        except (JoseError, KeyError, ValueError, TypeError) as error:
            raise TokenInvalid from error

    def _is_of_now(self, claims: Mapping[str, object]) -> bool:
        """Whether the times are whole seconds, begin no later than now, and end within ``LONGEST_LIFE``. An ``exp`` of
        the past is an old token's."""
        latest = int((self._clock() + LEEWAY).timestamp())
        begun = all(_is_time(claims[name], latest) for name in ("iat", "nbf") if name in claims)
        return begun and _is_time(claims["exp"], latest + int(LONGEST_LIFE.total_seconds()))


def _is_time(value: object, latest: int) -> bool:
    """Whether ``value`` is a whole number of seconds since 1970, up to ``latest``."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= latest


def new_refresh(seed: str, session_id: UUID) -> str:
    """The first token of a session, ``<session id>.<secret>.<signature>``: 256 random bits, URL-safe."""
    return _signed(seed, f"{session_id}.{secrets.token_urlsafe(32)}")


def session_of(refresh: str) -> UUID | None:
    """The session that ``refresh`` says it is of; None for what is no refresh token."""
    return parse_id(refresh.partition(".")[0])


def next_refresh(seed: str, refresh: str) -> str:
    """The token of the same session that follows ``refresh``. Derived, so that two tabs refreshing at once are given
    the same one."""
    secret = hmac.digest(seed.encode(), b"bunri refresh " + refresh.encode(), hashlib.sha256)
    return _signed(seed, f"{refresh.partition('.')[0]}.{_b64(secret)}")


def was_issued(seed: str, refresh: str) -> bool:
    """Whether ``refresh`` is a token of ours, of whatever age, and not made up by somebody who knows a session's id.
    False also for those of versions that did not sign them."""
    unsigned, _, signature = refresh.rpartition(".")
    return unsigned.count(".") == 1 and hmac.compare_digest(_signature(seed, unsigned), signature.encode())


def _signed(seed: str, unsigned: str) -> str:
    return f"{unsigned}.{_signature(seed, unsigned).decode()}"


def _signature(seed: str, unsigned: str) -> bytes:
    digest = hmac.digest(seed.encode(), b"bunri refresh signature " + unsigned.encode(), hashlib.sha256)
    return _b64(digest[:16]).encode()


def fingerprint(refresh: str) -> bytes:
    """What we keep of a refresh token. SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(refresh.encode()).digest()


def is_token(refresh: str, kept: bytes | None) -> bool:
    """Whether ``kept`` is the fingerprint of ``refresh``; takes as long wherever the two differ."""
    return kept is not None and hmac.compare_digest(fingerprint(refresh), kept)
