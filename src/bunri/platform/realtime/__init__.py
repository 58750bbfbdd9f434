"""Pushing to people who are there now. What must not be lost is a row first (contracts: ``resume``)."""

from bunri.platform.realtime.emitter import Emitter, RecordingEmitter, user_room
from bunri.platform.realtime.handlers import SocketHandler

__all__ = ["Emitter", "RecordingEmitter", "SocketHandler", "user_room"]
