"""What is forgotten after its days."""

from tests.domains.waste.conftest import Pipeline
from tests.support.pictures import jpeg

from bunri.domains.waste.objects import thumbnail_key


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
