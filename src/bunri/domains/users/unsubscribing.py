"""The address that takes somebody off one kind of mail, without signing in (RFC 8058)."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from bunri.domains.users.errors import UnsubscribeInvalid
from bunri.domains.users.public import MailKind

PATH = "/api/v1/users/unsubscribe"
_MAC_BYTES = 16


def token_of(key: str, owner: str, kind: MailKind) -> str:
    """Names owner and kind, and cannot be made up. It is good for ever: so is the wish not to be written to."""
    said = f"{kind}:{owner}".encode()
    return urlsafe_b64encode(_mac(key, said) + said).decode().rstrip("=")


def read_token(key: str, token: str) -> tuple[str, MailKind]:
    """Owner and kind. Raises UnsubscribeInvalid."""
    try:
        decoded = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        mac, said = decoded[:_MAC_BYTES], decoded[_MAC_BYTES:]
        if not hmac.compare_digest(mac, _mac(key, said)):
            raise UnsubscribeInvalid
        kind, _, owner = said.decode().partition(":")
        return owner, MailKind(kind)
    except ValueError:
        raise UnsubscribeInvalid from None


def _mac(key: str, said: bytes) -> bytes:
    return hmac.digest(key.encode(), said, hashlib.sha256)[:_MAC_BYTES]
