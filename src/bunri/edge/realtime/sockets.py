"""Who is behind which socket of this process."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.kit.languages import Language


class ConnectedSocket(NamedTuple):
    """A socket's person, and the language that its errors are told in."""

    caller: Caller
    language: Language


class ConnectedSockets:
    """By the id that Socket.IO gave them."""

    def __init__(self) -> None:
        self._sockets: dict[str, ConnectedSocket] = {}
        self._by_session: dict[UUID, set[str]] = {}
        self._of_person: Counter[str] = Counter()

    def add(self, sid: str, caller: Caller, language: Language) -> None:
        self._sockets[sid] = ConnectedSocket(caller, language)
        self._of_person[caller.id] += 1
        self._by_session.setdefault(caller.session_id, set()).add(sid)

    def remove(self, sid: str) -> None:
        found = self._sockets.pop(sid, None)
        if found is None:
            return
        self._of_person[found.caller.id] -= 1
        if not self._of_person[found.caller.id]:
            del self._of_person[found.caller.id]
        siblings = self._by_session[found.caller.session_id]
        siblings.discard(sid)
        if not siblings:
            del self._by_session[found.caller.session_id]

    def get(self, sid: str) -> ConnectedSocket | None:
        return self._sockets.get(sid)

    def count_of(self, person: str) -> int:
        """How many sockets the person with this id has."""
        return self._of_person[person]

    def of_session(self, session_id: UUID) -> Sequence[str]:
        """The sockets of a session."""
        return list(self._by_session.get(session_id, ()))

    def expired(self, now: datetime) -> Sequence[str]:
        """The sockets whose token has run out."""
        return [sid for sid, socket in self._sockets.items() if socket.caller.expires_at <= now]
