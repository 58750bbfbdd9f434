"""What is forgotten after its days."""

from datetime import timedelta

from sqlalchemy import func, select
from tests.domains.waste.conftest import Pipeline
from tests.support.pictures import jpeg

from bunri.app.registry import REGISTRY
from bunri.domains.waste.models import BandRow, FingerprintRow, LandmarkRow
from bunri.domains.waste.objects import thumbnail_key
from bunri.domains.waste.settings import WasteSettings


async def test_photos_and_jobs_are_forgotten_after_their_days(pipeline: Pipeline) -> None:
    status = await pipeline.analyze(jpeg(9130))
    row = await pipeline.row(status)
    assert row is not None
    assert row.sha256 is not None
    storage = pipeline.container.storage
    assert await storage.stat(thumbnail_key(row.sha256)) is not None
    await pipeline.expire()
    assert await pipeline.row(status) is None
    assert await storage.stat(thumbnail_key(row.sha256)) is None


async def test_so_is_all_by_which_a_photo_is_found_again(pipeline: Pipeline) -> None:
    async def kept() -> list[int]:
        async with pipeline.container.database.transaction("waste") as session:
            tables = (FingerprintRow, BandRow, LandmarkRow)
            return [(await session.execute(select(func.count()).select_from(table))).scalar_one() for table in tables]

    await pipeline.analyze(jpeg(9131))
    assert min(await kept()) > 0
    await pipeline.expire()
    assert await kept() == [0, 0, 0]


def test_an_upload_that_nobody_claims_is_gone_within_the_hour() -> None:
    every = next(timedelta(seconds=timed.every) for timed in REGISTRY.schedule if timed.task == "waste.expire")
    assert WasteSettings().upload_age + every < timedelta(hours=1)
