"""Neighbours: rooms, messages, who is there."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bunri.app.module import Module, Schedule, StoredFolder, Subscription
from bunri.domains.auth.public import SessionEnded
from bunri.domains.chat.files import FILES, UPLOADS
from bunri.domains.chat.public import BinSeen, ChatPublic, CoachAddressed, PhotoShown, QuestionSettled, RoomSpoke
from bunri.domains.locations.public import LocationsPublic
from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.users.public import UsersPublic
from bunri.domains.waste.public import AnalysisDone, Corrected, WastePublic
from bunri.kit.user_data import UserData
from bunri.platform.realtime import Emitter

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy import Table

    from bunri.app.container import Container
    from bunri.app.settings import Settings
    from bunri.domains.chat.presence import Presence
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.repository import ChatRepository
    from bunri.domains.chat.service.bins import BinReports
    from bunri.domains.chat.service.class_rooms import ClassRooms
    from bunri.domains.chat.service.devices import Devices
    from bunri.domains.chat.service.file_checks import FileChecks
    from bunri.domains.chat.service.file_removal import FileRemoval
    from bunri.domains.chat.service.files import Files
    from bunri.domains.chat.service.history import History
    from bunri.domains.chat.service.messages import Messages
    from bunri.domains.chat.service.moderation import Moderation
    from bunri.domains.chat.service.notifications import Notifications
    from bunri.domains.chat.service.outcomes import Outcomes
    from bunri.domains.chat.service.photos import PhotoCoach
    from bunri.domains.chat.service.posting import Posting
    from bunri.domains.chat.service.questions import Questions
    from bunri.domains.chat.service.refused_words import RefusedWords
    from bunri.domains.chat.service.reports import Reports
    from bunri.domains.chat.service.retention import Retention
    from bunri.domains.chat.service.rooms import Rooms
    from bunri.domains.chat.service.subscriptions import Subscriptions
    from bunri.domains.chat.service.votes import Votes
    from bunri.domains.chat.service.words import CoachInWords
    from bunri.domains.chat.socket_events import Conversations
    from bunri.domains.chat.user_data import ChatUserData
    from bunri.edge.http.health import Check
    from bunri.platform.clamav import Clamd
    from bunri.platform.db import Transaction
    from bunri.platform.push import Pusher
    from bunri.platform.queue import Handler
    from bunri.platform.realtime import OrderedSource, SocketHandler, SocketWatcher


def _transaction(container: "Container") -> "Transaction[ChatRepository]":
    from bunri.domains.chat.repository import ChatRepository

    return container.transactions("chat", ChatRepository)


def _presence(container: "Container") -> "Presence":
    from bunri.domains.chat.presence import Presence

    return Presence(container.cache("common"), container.settings.chat.presence_ttl, container.clock)


def _pushes(container: "Container") -> "Pushes":
    from bunri.domains.chat.pushes import Pushes

    pushes = Pushes(container.get(Emitter))
    container.closing.push_async_callback(pushes.flush)
    return pushes


def _rooms(container: "Container") -> "Rooms":
    from bunri.domains.chat.presence import Presence
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.refused_words import RefusedWords
    from bunri.domains.chat.service.rooms import Rooms

    get, settings = container.get, container.settings.chat
    return Rooms(_transaction(container), get(Presence), get(Pushes), get(RefusedWords), settings, container.clock)


def _class_rooms(container: "Container") -> "ClassRooms":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.class_rooms import ClassRooms
    from bunri.domains.chat.service.refused_words import RefusedWords

    get, settings = container.get, container.settings.chat
    return ClassRooms(_transaction(container), get(Pushes), get(RefusedWords), settings, container.clock)


def _public(container: "Container") -> ChatPublic:
    from bunri.domains.chat.service.class_rooms import ClassRooms
    from bunri.domains.chat.service.devices import Devices
    from bunri.domains.chat.service.for_domains import ForDomains

    return ForDomains(container.get(ClassRooms), container.get(Devices))


def _messages(container: "Container") -> "Messages":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.messages import Messages
    from bunri.domains.chat.service.posting import Posting
    from bunri.domains.chat.service.refused_words import RefusedWords

    get = container.get
    return Messages(_transaction(container), get(Posting), get(Pushes), get(RefusedWords), container.clock)


def _posting(container: "Container") -> "Posting":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.posting import Posting
    from bunri.domains.chat.service.refused_words import RefusedWords

    get = container.get
    return Posting(_transaction(container), get(Pushes), get(RefusedWords), container.clock)


def _reports(container: "Container") -> "Reports":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.reports import Reports

    return Reports(_transaction(container), container.get(Pushes), container.settings.chat, container.clock)


def _refused_words(container: "Container") -> "RefusedWords":
    from bunri.domains.chat.service.refused_words import RefusedWords

    return RefusedWords(_transaction(container), container.settings.chat, container.clock)


def _scanner(container: "Container") -> "Clamd | None":
    from bunri.platform.clamav import Clamd, ClamdAddress

    settings = container.settings.chat
    return Clamd(ClamdAddress.parse(settings.clamav), settings.clamav_patience) if settings.clamav else None


def _file_checks(container: "Container") -> "FileChecks":
    from bunri.domains.chat.service.file_checks import FileChecks

    return FileChecks(container.storage, container.decoders, _scanner(container), container.settings.chat)


def _files(container: "Container") -> "Files":
    from bunri.domains.chat.service.file_checks import FileChecks
    from bunri.domains.chat.service.files import Files

    checks, settings = container.get(FileChecks), container.settings.chat
    return Files(_transaction(container), container.storage, checks, settings, container.clock)


def _file_removal(container: "Container") -> "FileRemoval":
    from bunri.domains.chat.service.file_removal import FileRemoval

    return FileRemoval(_transaction(container), container.storage, container.settings.chat, container.clock)


def _readiness(container: "Container", _: bool) -> "Mapping[str, Check]":
    """Without its scanner chat takes no files; everything else goes on."""
    scanner = _scanner(container)
    if scanner is None:
        return {}

    async def ask() -> str | None:
        from bunri.platform.clamav import ScannerUnavailable

        try:
            await scanner.check()
        except ScannerUnavailable as error:
            return f"clamd does not answer, so no files are taken: {error.data['reason']}"
        return None

    return {"clamd": ask}


def _unused_age(settings: "Settings") -> timedelta:
    return settings.chat.unused_ttl


def _votes(container: "Container") -> "Votes":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.votes import Votes

    return Votes(_transaction(container), container.get(Pushes), container.clock)


def _questions(container: "Container") -> "Questions":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.files import Files
    from bunri.domains.chat.service.questions import Questions

    get, settings = container.get, container.settings.chat
    return Questions(_transaction(container), get(Pushes), get(WastePublic), get(Files), settings, container.clock)


def _bin_reports(container: "Container") -> "BinReports":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.bins import BinReports

    get = container.get
    return BinReports(_transaction(container), get(Pushes), get(LocationsPublic), container.clock)


def _outcomes(container: "Container") -> "Outcomes":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.outcomes import Outcomes

    return Outcomes(_transaction(container), container.get(Pushes), container.get(WastePublic), container.clock)


def _photo_coach(container: "Container") -> "PhotoCoach":
    from bunri.domains.chat.service.photos import PhotoCoach
    from bunri.domains.chat.service.questions import Questions

    get = container.get
    waste, users = get(WastePublic), get(UsersPublic)
    return PhotoCoach(_transaction(container), get(Questions), waste, users, container.storage, container.clock)


def _coach_in_words(container: "Container") -> "CoachInWords":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.words import CoachInWords

    get, settings = container.get, container.settings.chat
    recycling, users = get(RecyclingPublic), get(UsersPublic)
    return CoachInWords(
        _transaction(container), get(Pushes), recycling, users, settings.remembered_for, container.clock
    )


def _handlers(_: "Container", queue: str) -> "Sequence[Handler]":
    from bunri.domains.chat.tasks import DEFAULT

    return DEFAULT if queue == "default" else ()


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
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.user_data import ChatUserData

    return ChatUserData(_transaction(container), container.get(Pushes), container.clock)


def _user_data(container: "Container") -> UserData:
    from bunri.domains.chat.user_data import ChatUserData

    return container.get(ChatUserData)


def _retention(container: "Container") -> "Retention":
    from bunri.domains.chat.pushes import Pushes
    from bunri.domains.chat.service.retention import Retention

    return Retention(_transaction(container), container.get(Pushes), container.settings.chat, container.clock)


def _pusher(container: "Container") -> "Pusher":
    from bunri.platform.push.sender import WebPush

    settings, public_url = container.settings.push, container.settings.public_url
    contact = settings.contact or (str(public_url) if public_url and public_url.scheme == "https" else None)
    pusher = WebPush(settings, container.settings.key("web push"), contact, container.clock)
    container.closing.push_async_callback(pusher.aclose)
    return pusher


def _subscriptions(container: "Container") -> "Subscriptions":
    from bunri.domains.chat.service.subscriptions import Subscriptions
    from bunri.platform.push import Pusher

    return Subscriptions(_transaction(container), container.get(Pusher), container.clock)


def _devices(container: "Container") -> "Devices":
    from bunri.domains.chat.service.devices import Devices
    from bunri.platform.push import Pusher

    return Devices(_transaction(container), container.get(Pusher))


def _notifications(container: "Container") -> "Notifications":
    from bunri.domains.chat.presence import Presence
    from bunri.domains.chat.service.notifications import Notifications
    from bunri.platform.push import Pusher

    get = container.get
    return Notifications(_transaction(container), get(Presence), get(Pusher), container.clock)


def _provide(container: "Container") -> None:
    container.provide("bunri.platform.push.protocol.Pusher", lambda: _pusher(container))


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.chat.endpoints import aliases, files, messages, moderation, notifications, questions, rooms

    mine = [rooms.router, messages.router, files.router, questions.router, moderation.router, notifications.router]
    return [*mine, aliases.router]


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
    provide=_provide,
    services={
        "presence.Presence": _presence,
        "public.ChatPublic": _public,
        "pushes.Pushes": _pushes,
        "service.bins.BinReports": _bin_reports,
        "service.class_rooms.ClassRooms": _class_rooms,
        "service.devices.Devices": _devices,
        "service.file_checks.FileChecks": _file_checks,
        "service.file_removal.FileRemoval": _file_removal,
        "service.files.Files": _files,
        "service.history.History": _history,
        "service.messages.Messages": _messages,
        "service.moderation.Moderation": _moderation,
        "service.outcomes.Outcomes": _outcomes,
        "service.photos.PhotoCoach": _photo_coach,
        "service.posting.Posting": _posting,
        "service.questions.Questions": _questions,
        "service.refused_words.RefusedWords": _refused_words,
        "service.notifications.Notifications": _notifications,
        "service.reports.Reports": _reports,
        "service.retention.Retention": _retention,
        "service.rooms.Rooms": _rooms,
        "service.subscriptions.Subscriptions": _subscriptions,
        "service.votes.Votes": _votes,
        "service.words.CoachInWords": _coach_in_words,
        "socket_events.Conversations": _conversations,
        "user_data.ChatUserData": _kept,
    },
    schema="chat",
    outbox=_outbox,
    folders=(StoredFolder(UPLOADS, _unused_age), StoredFolder(FILES, None)),
    public=ChatPublic,
    depends_on=("locations", "recycling", "users", "waste"),
    prefixes=("/api/v1/chat", "/api/chat", "/api/users/online"),
    routers=_routers,
    socket_handlers=_socket_handlers,
    socket_watchers=_socket_watchers,
    ordered_rooms=_ordered_rooms,
    task_handlers=_handlers,
    subscriptions=(
        Subscription(BinSeen, "chat.count_bin", "default"),
        Subscription(CoachAddressed, "chat.answer_in_words", "default"),
        Subscription(PhotoShown, "chat.look", "default"),
        Subscription(AnalysisDone, "chat.saw", "default"),
        Subscription(QuestionSettled, "chat.take_to_waste", "default"),
        Subscription(Corrected, "chat.learn_what_it_is", "default"),
        Subscription(RoomSpoke, "chat.notify", "default"),
        Subscription(SessionEnded, "chat.forget_session", "default"),
    ),
    schedule=(
        Schedule("chat.close_votes", "default", 30),
        Schedule("chat.look_again", "default", 30),
        Schedule("chat.notify_again", "default", 15),
        Schedule("chat.purge_files", "default", 60),
        Schedule("chat.expire_files", "default", 600),
        Schedule("chat.expire", "default", 600),
    ),
    readiness=_readiness,
    user_data=_user_data,
)
