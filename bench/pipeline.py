"""A worker process that runs the product's pipeline, photo after photo, without HTTP and broker."""

import asyncio
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import worker_processes
from bench.pictures import photo, photos
from bench.product import settings
from bunri.app.inline import OWNER, InlineContainer
from bunri.domains.waste.objects import upload_key
from bunri.domains.waste.schemas import AnalyzeIn, UploadCompleteIn
from bunri.domains.waste.service.jobs import Jobs


def prepare(plan: worker_processes.Plan) -> Callable[[], Mapping[str, float]]:
    """Submits all photos and warms up with one before the clock starts."""
    runner = asyncio.Runner()
    container = InlineContainer(settings(Path(plan["data"])))
    runner.run(_submit(container, photo(plan["first"] + 500)))
    container.load_handlers()
    runner.run(container.work())
    for picture in photos(plan["count"], plan["first"]):
        runner.run(_submit(container, picture))

    def work() -> Mapping[str, float]:
        started = time.perf_counter()
        runner.run(container.work())
        seconds = time.perf_counter() - started
        runner.run(container.close())
        runner.close()
        return {"seconds": seconds}

    return work


async def _submit(container: InlineContainer, picture: bytes) -> None:
    jobs = container.get(Jobs)
    asked = AnalyzeIn(content_type="image/jpeg", size=len(picture))
    job, _ = await jobs.analyze(OWNER, asked, "ko", base_url="")
    await container.storage.write(upload_key(job.id), picture, job.content_type)
    jobs = container.get(Jobs)
    await jobs.upload_complete(OWNER, job.id, UploadCompleteIn())


if __name__ == "__main__":
    worker_processes.serve(prepare)
