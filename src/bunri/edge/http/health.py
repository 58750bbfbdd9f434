"""``/health``: the process is alive. ``/ready``: each part it needs has just been used and worked. ``/metrics``."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

from bunri import __version__

Canary = Callable[[], Awaitable[str | None]]
"""Uses a part for real; raises when it does not work; may return a remark ("no weights: people are asked")."""


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    version: str = __version__


class PartHealth(BaseModel):
    ok: bool
    ms: float = Field(description="How long the canary took")
    remark: str | None = None


class Readiness(BaseModel):
    status: Literal["ready", "not ready"]
    parts: dict[str, PartHealth]


router = APIRouter(tags=["operate"])


@router.get("/health", summary="Is the process alive?")
@router.get("/api/health/", summary="Is the process alive?", operation_id="api_health")
async def health() -> Health:
    """Says nothing about the parts behind it: see `/ready`."""
    return Health()


@router.get("/ready", summary="Does every part work?", responses={503: {"model": Readiness}})
async def ready(request: Request, response: Response) -> Readiness:
    """Runs a canary through each part: writes and reads, asks the database as each role, looks at worker marks."""
    canaries: Mapping[str, Canary] = request.app.state.canaries
    checked = await asyncio.gather(*(_check(canary) for canary in canaries.values()))
    parts = dict(zip(canaries, checked, strict=True))
    if all(part.ok for part in checked):
        return Readiness(status="ready", parts=parts)
    response.status_code = 503
    return Readiness(status="not ready", parts=parts)


async def _check(canary: Canary) -> PartHealth:
    started = time.perf_counter()
    try:
        remark = await asyncio.wait_for(canary(), timeout=5)
        return PartHealth(ok=True, ms=_since(started), remark=remark)
    except Exception as error:  # whatever broke, the answer is "not ready", with its name
        return PartHealth(ok=False, ms=_since(started), remark=f"{type(error).__name__}: {error}"[:200])


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1e3, 2)


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
