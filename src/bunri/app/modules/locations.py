"""Bins: the nearest ones, a map of them, what people say of them, and the search for places."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bunri.app.module import Module, Schedule
from bunri.domains.locations.public import LocationsPublic
from bunri.kit.languages import text
from bunri.kit.user_data import UserData

if TYPE_CHECKING:
    from fastapi import APIRouter

    from bunri.app.container import Container
    from bunri.app.settings import Settings
    from bunri.domains.locations.pulling.puller import Puller
    from bunri.domains.locations.refreshing import Refreshing
    from bunri.domains.locations.service import LocationsService
    from bunri.domains.locations.settings import MapSettings
    from bunri.domains.locations.user_data import LocationsUserData
    from bunri.platform.queue import Handler


def _service(container: "Container") -> "LocationsService":
    from bunri.domains.locations.repository import LocationsRepository
    from bunri.domains.locations.service import LocationsService
    from bunri.platform.places.factory import open_places

    if places := open_places(container.settings.places):
        container.closing.push_async_callback(places.aclose)
    transaction = container.transactions("locations", LocationsRepository)
    return LocationsService(transaction, container.clock, places)


def _public(container: "Container") -> LocationsPublic:
    from bunri.domains.locations.service import LocationsService

    return container.get(LocationsService)


def _puller(container: "Container") -> "Puller":
    from bunri.domains.locations.pulling.pulled_bins import PulledBins
    from bunri.domains.locations.pulling.puller import Puller
    from bunri.domains.locations.repository import LocationsRepository
    from bunri.platform.open_data.data_go_kr import DataGoKr
    from bunri.platform.open_data.overpass import Overpass

    portal, overpass = DataGoKr(container.settings.data_go_kr), Overpass(container.settings.overpass)
    for each in (portal, overpass):
        container.closing.push_async_callback(each.aclose)
    bins = PulledBins(container.transactions("locations", LocationsRepository), container.clock)
    return Puller(bins, portal, overpass)


def _refreshing(container: "Container") -> "Refreshing":
    from bunri.domains.locations.refreshing import Refreshing
    from bunri.domains.locations.repository import LocationsRepository

    transaction = container.transactions("locations", LocationsRepository)
    return Refreshing(container.settings.bins, transaction, container.clock, lambda: _opened_puller(container))


def _opened_puller(container: "Container") -> "Puller":
    from bunri.domains.locations.pulling.puller import Puller

    return container.get(Puller)


def _handlers(_: "Container", queue: str) -> "Sequence[Handler]":
    from bunri.domains.locations.tasks import HANDLERS

    return HANDLERS if queue == "default" else ()


def _kept(container: "Container") -> "LocationsUserData":
    from bunri.domains.locations.repository import LocationsRepository
    from bunri.domains.locations.user_data import LocationsUserData

    return LocationsUserData(container.transactions("locations", LocationsRepository), container.clock)


def _map_settings(container: "Container") -> "MapSettings":
    return container.settings.map


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.locations.endpoints import router

    return [router]


def _page_origins(settings: "Settings") -> Sequence[str]:
    """Whose tiles the map is drawn on."""
    return settings.map.origins


async def _seed(container: "Container", sample: bool) -> None:
    """A few bins to show, where there are none; whoever watches the start is told how to get real ones."""
    from bunri.domains.locations.service import LocationsService

    if sample and await container.get(LocationsService).load_sample() and sys.stderr.isatty():
        print(text("locations.cli.sample", "en"), file=sys.stderr)  # noqa: T201


def _user_data(container: "Container") -> UserData:
    from bunri.domains.locations.user_data import LocationsUserData

    return container.get(LocationsUserData)


MODULE = Module(
    name="locations",
    package="bunri.domains.locations",
    target="locations",
    services={
        "service.LocationsService": _service,
        "public.LocationsPublic": _public,
        "pulling.puller.Puller": _puller,
        "refreshing.Refreshing": _refreshing,
        "settings.MapSettings": _map_settings,
        "user_data.LocationsUserData": _kept,
    },
    schema="locations",
    public=LocationsPublic,
    prefixes=("/api/v1/locations",),
    routers=_routers,
    task_handlers=_handlers,
    schedule=(Schedule("locations.refresh", "default", 600),),
    page_origins=_page_origins,
    seed=_seed,
    user_data=_user_data,
)
