"""Neighbours: rooms, messages, who is there."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bunri.app.module import Module
from bunri.kit.user_data import UserData
from bunri.platform.realtime import Emitter

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy import Table

    from bunri.app.container import Container
    from bunri.domains.chat.presence import Presence
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.repository import ChatRepository
    from bunri.domains.chat.service.history import History
    from bunri.domains.chat.service.messages import Messages
    from bunri.domains.chat.service.moderation import Moderation
    from bunri.domains.chat.service.rooms import Rooms
    from bunri.domains.chat.socket_events import Conversations
    from bunri.domains.chat.user_data import ChatUserData
    from bunri.platform.db import Transaction
    from bunri.platform.realtime import OrderedSource, SocketHandler, SocketWatcher


def _transaction(container: "Container") -> "Transaction[ChatRepository]":
    from bunri.domains.chat.repository import ChatRepository

    return container.transactions("chat", ChatRepository)


def _presence(container: "Container") -> "Presence":
    from bunri.domains.chat.presence import Presence

    return Presence(container.cache("common"), container.settings.chat.presence_ttl, container.clock)


def _pushes(container: "Container") -> "Pushes":
    from bunri.domains.chat.pushes import Pushes

    return Pushes(container.get(Emitter))


def _rooms(container: "Container") -> "Rooms":
    from bunri.domains.chat.presence import Presence
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.rooms import Rooms

    get, settings = container.get, container.settings.chat
    return Rooms(_transaction(container), get(Presence), get(Pushes), settings, container.clock)


def _messages(container: "Container") -> "Messages":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.messages import Messages

    return Messages(_transaction(container), container.get(Pushes), container.clock)


def _history(container: "Container") -> "History":
    from bunri.domains.chat.service.history import History

    return History(_transaction(container), container.settings.chat)


def _moderation(container: "Container") -> "Moderation":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.moderation import Moderation

    return Moderation(_transaction(container), container.get(Pushes), container.clock)


def _conversations(container: "Container") -> "Conversations":
    from bunri.domains.chat.presence import Presence
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.history import History
    from bunri.domains.chat.service.messages import Messages
    from bunri.domains.chat.service.rooms import Rooms
    from bunri.domains.chat.socket_events import Conversations

    get = container.get
    return Conversations(get(Rooms), get(Messages), get(History), get(Presence), get(Pushes))


def _kept(container: "Container") -> "ChatUserData":
    from bunri.domains.chat.user_data import ChatUserData

    return ChatUserData(_transaction(container), container.clock)


def _user_data(container: "Container") -> UserData:
    from bunri.domains.chat.user_data import ChatUserData

    return container.get(ChatUserData)


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.chat.endpoints import aliases, messages, rooms

    return [rooms.router, messages.router, aliases.router]


def _socket_handlers(_: "Container") -> "Sequence[SocketHandler]":
    from bunri.domains.chat.socket_events import HANDLERS

    return HANDLERS


def _socket_watchers(container: "Container") -> "Sequence[SocketWatcher]":
    from bunri.domains.chat.socket_events import Conversations

    return [container.get(Conversations)]


def _ordered_rooms(container: "Container") -> "OrderedSource":
    from bunri.domains.chat.service.history import History, HistoryOfChannels

    return HistoryOfChannels(container.get(History))


def _outbox() -> "Table":
    from bunri.domains.chat.models import outbox

    return outbox


MODULE = Module(
    name="chat",
    package="bunri.domains.chat",
    target="chat",
    services={
        "presence.Presence": _presence,
        "pushes.Pushes": _pushes,
        "service.history.History": _history,
        "service.messages.Messages": _messages,
        "service.moderation.Moderation": _moderation,
        "service.rooms.Rooms": _rooms,
        "socket_events.Conversations": _conversations,
        "user_data.ChatUserData": _kept,
    },
    schema="chat",
    outbox=_outbox,
    prefixes=("/api/v1/chat", "/api/chat", "/api/users/online"),
    routers=_routers,
    socket_handlers=_socket_handlers,
    socket_watchers=_socket_watchers,
    ordered_rooms=_ordered_rooms,
    user_data=_user_data,
)
