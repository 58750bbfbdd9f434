"""The plain detector: its API and its page. It needs no server and no secret."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bunri.app.module import Module

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from bunri.app.container import Container
    from bunri.app.settings import Settings
    from bunri.domains.detection.service import DetectionService
    from bunri.edge.http.health import Check


def _service(container: "Container") -> "DetectionService":
    """Its models are loaded at the first picture."""
    from bunri.domains.detection.service import DetectionService

    settings = container.settings
    service = DetectionService(settings.data, settings.vision, settings.detection, container.decoders)
    container.closing.callback(service.close)
    return service


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.detection.endpoints import router

    return [router]


def _mount(app: "FastAPI", container: "Container") -> None:
    """The page, which is also the front page where there is no other."""
    from bunri.domains.detection.service import DetectionService
    from bunri.edge.http.policies import set_policy
    from bunri.edge.playground.playground import PREFIX, UPLOADS, Playground
    from bunri.platform.http import RoutePolicy

    folder, home = container.settings.data / "playground", not app.state.target.stands_alone
    playground = Playground(lambda: container.get(DetectionService), folder, home=home)
    container.closing.push_async_callback(playground.close)
    app.mount(PREFIX, playground)
    for path in UPLOADS:
        set_policy(app, path, RoutePolicy(max_body=None, rate_limit="picture"))


def _largest_bodies(settings: "Settings") -> "Mapping[str, int]":
    """A form's own lines come on top of its files."""
    from bunri.edge.playground.playground import PREFIX
    from bunri.edge.playground.request_filter import UPLOAD_MB

    lines = 2**20
    return {"/api/v1/detect": settings.detection.max_total_mb * 2**20 + lines, PREFIX: UPLOAD_MB * 2**20 + lines}


def _readiness(container: "Container", alone: bool) -> "Mapping[str, Check]":
    async def look() -> str | None:
        """Looks at a grey picture. Beside other domains it must not load a model just to show that it could."""
        from bunri.domains.detection.service import DetectionService

        return await container.get(DetectionService).check(thorough=alone)

    return {"detection": look}


MODULE = Module(
    name="detection",
    package="bunri.domains.detection",
    target="detect",
    services={"service.DetectionService": _service},
    prefixes=("/api/v1/detect", "/detect"),
    routers=_routers,
    mount=_mount,
    largest_bodies=_largest_bodies,
    readiness=_readiness,
)
