"""Signatures of the local store's URLs: the same guarantees as S3's presigned URLs."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from bunri.platform.storage.errors import TicketExpired, TicketInvalid


@dataclass(frozen=True)
class Grant:
    """What a signature allows: one method on one key until a time; for an upload also its size and type."""

    method: str
    key: str
    expires: int  # seconds since 1970
    size: int = 0
    content_type: str = ""

    def query(self, secret: bytes) -> str:
        upload = {"size": self.size, "type": self.content_type} if self.method == "PUT" else {}
        return urlencode({**upload, "expires": self.expires, "signature": self._sign(secret)})

    def check(self, secret: bytes, signature: str, now: datetime) -> None:
        """Raises TicketInvalid or TicketExpired."""
        if not hmac.compare_digest(self._sign(secret).encode(), signature.encode("utf-8", "surrogateescape")):
            raise TicketInvalid
        if now >= datetime.fromtimestamp(self.expires, UTC):
            raise TicketExpired

    def _sign(self, secret: bytes) -> str:
        signed = "\n".join((self.method, self.key, str(self.size), self.content_type, str(self.expires)))
        return hmac.new(secret, signed.encode(), hashlib.sha256).hexdigest()
