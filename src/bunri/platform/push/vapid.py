"""Who sends a push: Voluntary Application Server Identification (RFC 8292). Browsers subscribe to one key, so that
nobody else can send to them."""

import base64
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from bunri.kit.clock import Clock
from bunri.platform.push.encryption import raw

TTL: Final = timedelta(hours=12)
"""Of a token; push services take 24 hours at most."""
RENEWED_BEFORE: Final = timedelta(hours=1)
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (SEC 2, 2.4.2)."""


def key_of(secret: str) -> EllipticCurvePrivateKey:
    """The key pair that belongs to a secret of at least 256 bits: nothing has to be stored, and all processes have the
    same one. 384 derived bits make every scalar equally likely (FIPS 186-5, A.2.1)."""
    derived = HKDF(SHA256(), 48, None, b"bunri web push").derive(secret.encode())
    return derive_private_key(int.from_bytes(derived) % (_ORDER - 1) + 1, SECP256R1())


class Vapid:
    """Tokens for push services, each used for a while for one service. ``contact``: a mailto: or https: address."""

    def __init__(self, secret: str, contact: str | None, clock: Clock) -> None:
        self._key = key_of(secret)
        self._contact = contact
        self._clock = clock
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self.public_key = _base64url(raw(self._key.public_key()))

    def authorization(self, endpoint: str) -> str:
        """The header ``Authorization`` of a push to ``endpoint``."""
        address = urlsplit(endpoint)
        audience, now = f"{address.scheme}://{address.netloc}", self._clock()
        token, until = self._tokens.get(audience, ("", now))
        if until <= now + RENEWED_BEFORE:
            token, until = self._token(audience, now + TTL), now + TTL
            self._tokens[audience] = (token, until)
        return f"vapid t={token}, k={self.public_key}"

    def _token(self, audience: str, until: datetime) -> str:
        claims = {"aud": audience, "exp": int(until.timestamp())}
        if self._contact:
            claims["sub"] = self._contact
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, ECKey.import_key(pem))


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
