"""How secrets that we must be able to read again lie in the database: encrypted, each for its person."""

import secrets
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bunri.domains.auth.errors import SecretUnreadable

_NONCE_BYTES: Final = 12


class SecretCipher:
    """AES-256-GCM. ``key``: 64 hexadecimal characters. Whoever copies the database has none of the secrets, and a row
    that is moved to another person cannot be read."""

    def __init__(self, key: str) -> None:
        self._cipher = AESGCM(bytes.fromhex(key))

    def encrypt(self, secret: str, person_id: UUID) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), person_id.bytes)

    def decrypt(self, kept: bytes, person_id: UUID) -> str:
        """Raises SecretUnreadable: written under another BUNRI_SECRET, or for somebody else."""
        try:
            return self._cipher.decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], person_id.bytes).decode()
        except InvalidTag as error:
            raise SecretUnreadable from error
