"""Bins: the nearest ones, a map of them, what people say of them, and the search for places."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bunri.app.module import Module
from bunri.domains.locations.public import LocationsPublic
from bunri.kit.user_data import UserData

if TYPE_CHECKING:
    from fastapi import APIRouter

    from bunri.app.container import Container
    from bunri.app.settings import Settings
    from bunri.domains.locations.pulling.puller import Puller
    from bunri.domains.locations.service import LocationsService
    from bunri.domains.locations.settings import MapSettings
    from bunri.domains.locations.user_data import LocationsUserData


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
    """A few bins to show, where there are none."""
    from bunri.domains.locations.service import LocationsService

    if sample:
        await container.get(LocationsService).load_sample()


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
        "settings.MapSettings": _map_settings,
        "user_data.LocationsUserData": _kept,
    },
    schema="locations",
    public=LocationsPublic,
    prefixes=("/api/v1/locations",),
    routers=_routers,
    page_origins=_page_origins,
    seed=_seed,
    user_data=_user_data,
)
