"""``/health``: the process is alive. ``/ready``: each part it needs has just been used and worked. ``/metrics``."""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Literal

import structlog
from fastapi import APIRouter, Request, Response
from prometheus_client.metrics_core import Metric
from pydantic import BaseModel, Field, SecretStr
from starlette.datastructures import State
from starlette.exceptions import HTTPException

from bunri import __version__
from bunri.edge.http.addresses import is_local
from bunri.platform.http import policy
from bunri.platform.telemetry.exposition import exposition

log = structlog.get_logger(__name__)

SHARED_S: Final = 1.0
Check = Callable[[], Awaitable[str | None]]
"""Uses a part for real; raises when it does not work; may return why it works less well than it could ("no weights:
people are asked")."""
Read = Callable[[], Awaitable[Sequence[Metric]]]
"""Measures that nobody counts: what is so at the moment. It leaves out what cannot be read."""


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    version: str = __version__


class PartHealth(BaseModel):
    ok: bool
    ms: float = Field(description="How long the check took")
    degraded_reason: str | None = Field(None, description="Why it works less well than it could, or fails.")


class Readiness(BaseModel):
    status: Literal["ready", "not ready"]
    parts: dict[str, PartHealth]


router = APIRouter(tags=["operate"])


@router.get("/health", summary="Is the process alive?")
@router.get("/api/health/", summary="Is the process alive?", operation_id="api_health")
@policy(rate_limit=None)
async def health() -> Health:
    """Says nothing about the parts behind it: see `/ready`."""
    return Health()


@router.get("/ready", summary="Does every part work?", responses={503: {"model": Readiness}})
async def ready(request: Request, response: Response) -> Readiness:
    """Uses each part: writes and reads, asks the database as each role, looks for the workers' heartbeats."""
    readiness = await _readiness(request.app.state)
    response.status_code = 200 if readiness.status == "ready" else 503
    return readiness


async def _readiness(state: State) -> Readiness:
    """What the checks say; whoever asks within a second of another shares the other's answer."""
    asked, shared = getattr(state, "readiness", (0.0, None))
    if shared is None or time.monotonic() - asked > SHARED_S:
        shared = asyncio.ensure_future(run_checks(state.checks))
        state.readiness = (time.monotonic(), shared)
    readiness: Readiness = await asyncio.shield(shared)
    return readiness


async def run_checks(checks: Mapping[str, Check], within_s: float = 5) -> Readiness:
    """All of them at once; one that takes longer than ``within_s`` has failed."""
    checked = await asyncio.gather(*(_check(check, within_s) for check in checks.values()))
    parts = dict(zip(checks, checked, strict=True))
    return Readiness(status="ready" if all(part.ok for part in checked) else "not ready", parts=parts)


async def _check(check: Check, within_s: float) -> PartHealth:
    started = time.perf_counter()
    try:
        degraded_reason = await asyncio.wait_for(check(), within_s)
        return PartHealth(ok=True, ms=_since(started), degraded_reason=degraded_reason)
    except Exception as error:  # whatever broke, the answer is "not ready", with its name
        log.warning("readiness.failed", reason=repr(error))
        return PartHealth(ok=False, ms=_since(started), degraded_reason=getattr(error, "code", type(error).__name__))


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1e3, 2)


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """For whoever has the token, or sits at this machine; for others there is nothing here."""
    if not _may_measure(request):
        raise HTTPException(404)
    read: Read | None = getattr(request.app.state, "measures", None)
    measures = await read() if read else ()
    found = await asyncio.to_thread(exposition, measures, request.headers.get("accept", ""))
    return Response(found.content, headers={"Content-Type": found.content_type})


def _may_measure(request: Request) -> bool:
    token: SecretStr | None = getattr(request.app.state, "metrics_token", None)
    if token is not None:
        given = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {token.get_secret_value()}".encode())
    return is_local(request.scope)
