"""The rules of disposal: search, the rule table, and advice on request."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bunri.app.module import Module, Queue, Subscription
from bunri.domains.recycling.public import ExplainRequested, RecyclingPublic
from bunri.domains.users.public import UsersPublic
from bunri.kit.user_data import UserData

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy import Table

    from bunri.app.container import Container
    from bunri.domains.recycling.collecting import CollectionDays
    from bunri.domains.recycling.explaining import Explaining
    from bunri.domains.recycling.service import RecyclingService
    from bunri.domains.recycling.user_data import RecyclingUserData
    from bunri.platform.queue import Handler


def _explaining(container: "Container") -> "Explaining":
    from bunri.domains.recycling.explaining import Explaining
    from bunri.domains.recycling.repository import RecyclingRepository

    return Explaining(container.get(RecyclingPublic), container.transactions("recycling", RecyclingRepository))


def _service(container: "Container") -> "RecyclingService":
    from bunri.domains.recycling.repository import RecyclingRepository
    from bunri.domains.recycling.service import RecyclingService
    from bunri.domains.recycling.writer import BuiltinWriter, LlmWriter, Writer

    writer: Writer = BuiltinWriter()
    if model := container.language_model:
        writer = LlmWriter(model, container.cache("llm_cache"))
    return RecyclingService(container.transactions("recycling", RecyclingRepository), writer)


def _collecting(container: "Container") -> "CollectionDays":
    from bunri.domains.recycling.collecting import CollectionDays
    from bunri.domains.recycling.repository import RecyclingRepository

    transaction = container.transactions("recycling", RecyclingRepository)
    return CollectionDays(transaction, container.get(RecyclingPublic), container.get(UsersPublic), container.clock)


def _kept(container: "Container") -> "RecyclingUserData":
    from bunri.domains.recycling.repository import RecyclingRepository
    from bunri.domains.recycling.user_data import RecyclingUserData

    return RecyclingUserData(container.transactions("recycling", RecyclingRepository))


def _user_data(container: "Container") -> UserData:
    from bunri.domains.recycling.user_data import RecyclingUserData

    return container.get(RecyclingUserData)


def _public(container: "Container") -> RecyclingPublic:
    from bunri.domains.recycling.service import RecyclingService

    return container.get(RecyclingService)


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.recycling.endpoints import router

    return [router]


def _handlers(_: "Container", queue: str) -> "Sequence[Handler]":
    from bunri.domains.recycling.tasks import HANDLERS

    return HANDLERS if queue == "recycling" else ()


def _outbox() -> "Table":
    from bunri.domains.recycling.models import outbox

    return outbox


async def _seed(container: "Container", _: bool) -> None:
    """The rule table that comes with the package."""
    from bunri.domains.recycling.repository import RecyclingRepository
    from bunri.domains.recycling.table import load_table

    async with container.transactions("recycling", RecyclingRepository)() as repository:
        await repository.load(load_table())


MODULE = Module(
    name="recycling",
    package="bunri.domains.recycling",
    target="recycling",
    services={
        "service.RecyclingService": _service,
        "public.RecyclingPublic": _public,
        "explaining.Explaining": _explaining,
        "collecting.CollectionDays": _collecting,
        "user_data.RecyclingUserData": _kept,
    },
    schema="recycling",
    outbox=_outbox,
    caches=("llm_cache",),
    public=RecyclingPublic,
    depends_on=("users",),
    prefixes=("/api/v1/recycling",),
    routers=_routers,
    queues=(Queue("recycling", concurrency=8),),
    task_handlers=_handlers,
    subscriptions=(Subscription(ExplainRequested, "recycling.explain", "recycling"),),
    seed=_seed,
    user_data=_user_data,
)
