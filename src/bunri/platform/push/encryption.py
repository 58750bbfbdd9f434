"""Messages that only one browser can read: Message Encryption for Web Push (RFC 8291), in the content coding
``aes128gcm`` (RFC 8188) with a single record."""

import secrets
import struct
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_SIZE: Final = 4096
KEY_BYTES: Final = 65
SECRET_BYTES: Final = 16
_LAST_RECORD: Final = b"\x02"


def public_key(raw: bytes) -> EllipticCurvePublicKey:
    """A point of P-256, written uncompressed. Raises ValueError."""
    if len(raw) != KEY_BYTES:
        raise ValueError("no uncompressed point of P-256")
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)


def raw(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypt(
    payload: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    key: EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of a push. ``salt`` and ``key`` are made for this one message; given only to compare with the RFC's
    example. Raises ValueError for a ``p256dh`` that is no point of the curve."""
    salt, key = salt or secrets.token_bytes(16), key or generate_private_key(SECP256R1())
    theirs, ours = public_key(p256dh), raw(key.public_key())
    shared = key.exchange(ECDH(), theirs)
    secret = _derived(shared, auth, b"WebPush: info\x00" + p256dh + ours, 32)
    content_key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    record = AESGCM(content_key).encrypt(nonce, payload + _LAST_RECORD, None)
    return salt + struct.pack("!IB", RECORD_SIZE, len(ours)) + ours + record


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
