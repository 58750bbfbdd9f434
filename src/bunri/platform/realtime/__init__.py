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
from bunri.platform.realtime.handlers import SocketHandler

__all__ = [
    "MISSED",
    "NAMESPACE",
    "Emitter",
    "RecordingEmitter",
    "RoomListener",
    "SocketHandler",
    "Subscriber",
    "user_room",
]
