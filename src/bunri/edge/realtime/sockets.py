"""Who is behind which socket of this process."""

import asyncio
from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.kit.languages import Language

K = TypeVar("K", bound=Hashable)


class ConnectedSocket(NamedTuple):
    """A socket's person, the language that its errors are told in, and whose turn it is: what a socket sends is done
    one by one, in the order in which it was sent."""

    caller: Caller
    language: Language
    turn: asyncio.Lock


class ConnectedSockets:
    """By the id that Socket.IO gave them."""

    def __init__(self) -> None:
        self._sockets: dict[str, ConnectedSocket] = {}
        self._by_session: dict[UUID, set[str]] = {}
        self._by_person: dict[str, set[str]] = {}
        self._rooms: dict[str, set[str]] = {}

    def add(self, sid: str, caller: Caller, language: Language) -> None:
        self._sockets[sid] = ConnectedSocket(caller, language, asyncio.Lock())
        self._by_person.setdefault(caller.id, set()).add(sid)
        self._by_session.setdefault(caller.session_id, set()).add(sid)

    def remove(self, sid: str) -> None:
        found = self._sockets.pop(sid, None)
        if found is None:
            return
        self._rooms.pop(sid, None)
        _discard(self._by_person, found.caller.id, sid)
        _discard(self._by_session, found.caller.session_id, sid)

    def get(self, sid: str) -> ConnectedSocket | None:
        return self._sockets.get(sid)

    def count_of(self, person: str) -> int:
        """How many sockets the person with this id has."""
        return len(self._by_person.get(person, ()))

    def of_person(self, person: str) -> Sequence[str]:
        return list(self._by_person.get(person, ()))

    def note_room(self, sid: str, room: str) -> None:
        """The socket is in ``room`` from now on."""
        self._rooms.setdefault(sid, set()).add(room)

    def forget_room(self, sid: str, room: str) -> None:
        self._rooms.get(sid, set()).discard(room)

    def rooms_of(self, sid: str) -> Sequence[str]:
        return list(self._rooms.get(sid, ()))

    def of_session(self, session_id: UUID) -> Sequence[str]:
        """The sockets of a session."""
        return list(self._by_session.get(session_id, ()))

    def expired(self, now: datetime) -> Sequence[str]:
        """The sockets whose token has run out."""
        return [sid for sid, socket in self._sockets.items() if socket.caller.expires_at <= now]


def _discard(groups: dict[K, set[str]], key: K, sid: str) -> None:
    groups[key].discard(sid)
    if not groups[key]:
        del groups[key]
