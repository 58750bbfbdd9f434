"""Bins that are pulled by themselves: once by whoever asks first, again when they are due, sooner after a failure."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from tests.domains.locations.conftest import NOW
from tests.support.servers import Server, Step, ok, serving, status

from bunri.domains.locations.public import BinKind
from bunri.domains.locations.pulling.datasets import STANDARD_DATA
from bunri.domains.locations.pulling.pulled_bins import PulledBins
from bunri.domains.locations.pulling.puller import Puller
from bunri.domains.locations.refreshing import AGAIN_AFTER, Refreshing
from bunri.domains.locations.repository import LocationsRepository
from bunri.domains.locations.service import LocationsService
from bunri.domains.locations.settings import BinsSettings
from bunri.platform.db import Database, Transaction
from bunri.platform.open_data.data_go_kr import DataGoKr
from bunri.platform.open_data.overpass import Overpass
from bunri.platform.open_data.settings import DataGoKrSettings, OverpassSettings

REGIONS = ["부산", "해운대구"]
"""OpenStreetMap is asked for the province of both: once."""


def elements(*ids: int) -> Step:
    tags = {"amenity": "recycling", "recycling:clothes": "yes"}
    return ok(
        {"elements": [{"type": "node", "id": id_, "lat": 35.1 + id_ / 100, "lon": 129.1, "tags": tags} for id_ in ids]}
    )


@pytest.fixture(autouse=True)
async def never_pulled(database: Database) -> None:
    async with database.transaction("locations") as session:
        await session.execute(text("delete from locations.refreshes"))


RefreshAt = Callable[..., Any]


@pytest.fixture
def refresh(transaction: Transaction[LocationsRepository]) -> RefreshAt:
    """Refreshes ``times`` at once at a time of day, from a server that answers by a script."""

    async def refreshed(
        at: datetime, *script: Step, regions: list[str] = REGIONS, times: int = 1, key: str = ""
    ) -> Server:
        async with serving(*script) as server:
            usual = {"base_url": server.url, "first_wait_s": 0.0, "retries": 0, "timeout_s": 20}
            portal = DataGoKr(DataGoKrSettings.model_validate({"api_key": key, **usual}))
            overpass = Overpass(OverpassSettings.model_validate(usual))

            def opened() -> Puller:
                return Puller(PulledBins(transaction, lambda: at), portal, overpass)

            refreshing = Refreshing(BinsSettings(refresh=regions), transaction, lambda: at, opened)
            try:
                await asyncio.gather(*(refreshing.refresh() for _ in range(times)))
            finally:
                await portal.aclose()
                await overpass.aclose()
            return server

    return refreshed


async def test_nothing_is_pulled_unless_it_is_wanted(refresh: RefreshAt) -> None:
    assert (await refresh(NOW, regions=[])).requests == []


async def test_what_is_wanted_is_pulled_once_until_it_is_due(refresh: RefreshAt, locations: LocationsService) -> None:
    assert len((await refresh(NOW, elements(1, 2), times=3)).requests) == 1
    assert await locations.counts() == {BinKind.CLOTHES: 2}
    assert (await refresh(NOW + timedelta(days=6.9))).requests == []
    assert len((await refresh(NOW + timedelta(days=7), elements(1))).requests) == 1
    assert await locations.counts() == {BinKind.CLOTHES: 1}


async def test_what_failed_is_tried_sooner_and_removes_nothing(refresh: RefreshAt, locations: LocationsService) -> None:
    await refresh(NOW, elements(1))
    later = NOW + timedelta(days=8)
    await refresh(later, status(400))
    assert await locations.counts() == {BinKind.CLOTHES: 1}
    assert (await refresh(later + AGAIN_AFTER / 2)).requests == []
    assert len((await refresh(later + AGAIN_AFTER, elements(1))).requests) == 1


async def test_the_portal_is_asked_where_there_is_a_key(refresh: RefreshAt) -> None:
    empty = ok({"response": {"header": {"resultCode": "03"}}})
    server = await refresh(NOW, *[empty] * 4, elements(1), regions=["전국"], key="key")
    paths = [request.path for request in server.requests]
    assert paths[:4] == [f"/{data.path}" for data in STANDARD_DATA]
    assert set(paths[4:]) == {"/interpreter"}
