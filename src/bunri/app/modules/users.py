"""People's profiles, their pictures, and the archives of what is kept of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bunri.app.module import Module, Schedule, StoredFolder, Subscription
from bunri.domains.auth.public import AuthPublic
from bunri.domains.users.public import ExportAsked, UsersPublic
from bunri.domains.users.records import AVATARS, EXPORTS
from bunri.kit.user_data import UserData, UserDataOfDomains

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy import Table

    from bunri.app.container import Container
    from bunri.app.settings import Settings
    from bunri.domains.users.repository import UsersRepository
    from bunri.domains.users.service.avatars import Avatars
    from bunri.domains.users.service.exporting import Exporting
    from bunri.domains.users.service.exports import Exports
    from bunri.domains.users.service.profiles import Profiles
    from bunri.domains.users.user_data import UsersUserData
    from bunri.platform.db import Transaction
    from bunri.platform.queue import Handler


def _transaction(container: "Container") -> "Transaction[UsersRepository]":
    from bunri.domains.users.repository import UsersRepository

    return container.transactions("users", UsersRepository)


def _profiles(container: "Container") -> "Profiles":
    from bunri.domains.users.service.profiles import Profiles

    key, public_url = container.settings.key("unsubscribing"), container.settings.public_url
    address = str(public_url) if public_url else None
    return Profiles(_transaction(container), container.get(AuthPublic), key, address, container.clock)


def _public(container: "Container") -> UsersPublic:
    from bunri.domains.users.service.profiles import Profiles

    return container.get(Profiles)


def _avatars(container: "Container") -> "Avatars":
    from bunri.domains.users.service.avatars import Avatars

    return Avatars(_transaction(container), container.storage, container.decoders, container.settings.users)


def _exports(container: "Container") -> "Exports":
    from bunri.domains.users.service.exports import Exports

    auth, settings = container.get(AuthPublic), container.settings.users
    return Exports(_transaction(container), auth, container.storage, settings, container.clock)


def _exporting(container: "Container") -> "Exporting":
    from bunri.domains.users.service.exporting import Exporting

    data, settings = container.get(UserDataOfDomains), container.settings.users
    return Exporting(_transaction(container), data, container.storage, settings, container.clock)


def _kept(container: "Container") -> "UsersUserData":
    from bunri.domains.users.user_data import UsersUserData

    return UsersUserData(_transaction(container), container.storage)


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.users.endpoints import router

    return [router]


def _handlers(_: "Container", queue: str) -> "Sequence[Handler]":
    from bunri.domains.users.tasks import HANDLERS

    return HANDLERS if queue == "default" else ()


def _outbox() -> "Table":
    from bunri.domains.users.models import outbox

    return outbox


def _export_age(settings: "Settings") -> timedelta:
    return settings.users.export_ttl + settings.users.export_patience


def _user_data(container: "Container") -> UserData:
    from bunri.domains.users.user_data import UsersUserData

    return container.get(UsersUserData)


MODULE = Module(
    name="users",
    package="bunri.domains.users",
    target="users",
    services={
        "public.UsersPublic": _public,
        "service.avatars.Avatars": _avatars,
        "service.exporting.Exporting": _exporting,
        "service.exports.Exports": _exports,
        "service.profiles.Profiles": _profiles,
        "user_data.UsersUserData": _kept,
    },
    schema="users",
    outbox=_outbox,
    public=UsersPublic,
    folders=(StoredFolder(AVATARS, None), StoredFolder(EXPORTS, _export_age)),
    depends_on=("auth",),
    prefixes=("/api/v1/users",),
    routers=_routers,
    task_handlers=_handlers,
    subscriptions=(Subscription(ExportAsked, "users.export", "default"),),
    schedule=(Schedule("users.forget", "default", 600),),
    user_data=_user_data,
)
