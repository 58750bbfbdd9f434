"""Pushing to people who are there now. A push may be lost, so what must not be lost is a row first."""

from bunri.platform.realtime.emitter import NAMESPACE, Emitter, RecordingEmitter, Subscriber, Subscription, user_room
from bunri.platform.realtime.handlers import SocketHandler

__all__ = ["NAMESPACE", "Emitter", "RecordingEmitter", "SocketHandler", "Subscriber", "Subscription", "user_room"]
