"""The id of a person for the other domains: it stays the same for life, also when a guest becomes an account."""

import hashlib
from typing import Final
from uuid import UUID

from bunri.kit.ids import parse_id

_PREFIX: Final = "guest_"


def subject_of(person_id: UUID) -> str:
    """CHAT-2: everybody begins as a guest, and every guest's id starts with ``guest_``."""
    return f"{_PREFIX}{person_id}"


def person_id_of(subject: str) -> UUID | None:
    """The person that ``subject`` names."""
    return parse_id(subject.removeprefix(_PREFIX)) if subject.startswith(_PREFIX) else None


def public_tag(subject: str) -> str:
    """Four letters and digits shown beside a name, since names are not unique. Not secret, and not unique either."""
    return hashlib.sha256(f"bunri tag {subject}".encode()).hexdigest()[:4]
