"""Access tokens as auth issues them."""

from datetime import datetime, timedelta
from uuid import UUID

from bunri.domains.auth.public import Kind
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.tokens import Claims, issue_access
from bunri.kit.ids import new_id


def access_token(
    keys: SigningKeys, subject: str, name: str, now: datetime, ttl: timedelta, *, session_id: UUID | None = None
) -> str:
    """A guest's token, of a session of its own unless one is given."""
    return issue_access(keys, Claims(subject, session_id or new_id(), name, Kind.GUEST, ()), now, ttl)
