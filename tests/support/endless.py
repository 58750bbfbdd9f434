"""A test that never ends, for ``test_run.py`` to kill. Its name keeps it out of every other run."""

import asyncio
import json
import os
from pathlib import Path

from tests.support import processes
from tests.support.cluster import Cluster

from bunri.app.settings import Settings


async def test_endless(settings: Settings, cluster: Cluster) -> None:
    """Starts what tests start, and says that it has."""
    child = processes.start(["/bin/sh", "-c", "sleep 600 & sleep 600 & wait"])
    said = Path(os.environ["BUNRI_TEST_SAYS"], f"{os.getpid()}.json")
    draft = said.with_suffix(".new")
    draft.write_text(json.dumps({"child": child.pid, "cluster": cluster.url, "database": settings.database_url}))
    draft.rename(said)
    await asyncio.sleep(600)
