"""Pushing to people who are there now. A push may be lost, so what must not be lost is a row first."""

from bunri.platform.realtime.emitter import (
    MISSED,
    NAMESPACE,
    Emitter,
    RecordingEmitter,
    RoomListener,
    Subscriber,
    user_room,
)
from bunri.platform.realtime.handlers import Socket, SocketHandler, SocketWatcher
from bunri.platform.realtime.ordered import Numbered, OrderedRooms, OrderedSource

__all__ = [
    "MISSED",
    "NAMESPACE",
    "Emitter",
    "Numbered",
    "OrderedRooms",
    "OrderedSource",
    "RecordingEmitter",
    "RoomListener",
    "Socket",
    "SocketHandler",
    "SocketWatcher",
    "Subscriber",
    "user_room",
]
