"""What a domain keeps of a person: exports, erasures and merging ask every domain for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol


class PersonalData(NamedTuple):
    """What one domain keeps of one person."""

    document: dict[str, Any]
    """Ready for JSON; empty for somebody unknown."""
    objects: Sequence[str] = ()
    """Keys of the object store that the document names; some may be gone."""


class UserData(Protocol):
    async def export(self, owner: str) -> PersonalData:
        """Everything kept of ``owner``."""
        ...

    async def erase(self, owner: str) -> None:
        """Removes everything kept of ``owner``; once more does no harm."""
        ...

    async def upgrade(self, old: str, new: str) -> None:
        """Hands what is kept of ``old`` over to ``new``; once more does no harm."""
        ...


@dataclass(frozen=True, slots=True)
class UserDataOfDomains:
    """Of every domain that keeps something of people, by its name."""

    domains: Mapping[str, UserData]
