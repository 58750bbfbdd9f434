"""The ASGI application of a target."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse

from bunri import __version__
from bunri.app import canaries, rooms
from bunri.app.house import House
from bunri.app.links.methods import Open
from bunri.app.links.serving import router as internal_router
from bunri.app.settings import Settings
from bunri.app.subscriptions import ROUTES
from bunri.app.targets import ALL, Target, target
from bunri.domains.auth import tokens
from bunri.domains.auth.public import AccessVerifier
from bunri.domains.waste.polling import StatusPoll
from bunri.edge.http import health, openapi, problems
from bunri.edge.http.express import Express
from bunri.edge.http.idempotency import Idempotency, Identify
from bunri.edge.http.requests import BodyLimit, RequestContext
from bunri.edge.playground.playground import UPLOADS
from bunri.kit.errors import BunriError
from bunri.platform.cache.pipe import Pipe
from bunri.platform.queue import CeleryPublisher, InlinePublisher
from bunri.platform.queue.celery import make_celery
from bunri.platform.storage import LocalStorage

LARGEST_JSON: Final = 64 * 1024
OBJECTS: Final = "/api/v1/objects/"
DETECT: Final = "/api/v1/detect"
REPEATABLE: Final = ("/api/v1/waste/analyze", "/api/v1/locations/")
"""POSTs that create something and take an ``Idempotency-Key``. Sign-in is not here, since its answers hold tokens, nor
what is idempotent by itself."""

DESCRIPTION: Final = """
Point the camera at a piece of waste: know what it is, how and why to throw it away, and where the nearest bin is.

1. `POST /api/v1/auth/guest` – a name is enough; send the `access_token` as `Authorization: Bearer …` from then on.
2. `POST /api/v1/waste/analyze` – gives a job and an `upload_url`.
3. `PUT` the photo there with exactly the `upload_headers`.
4. `POST /api/v1/waste/upload-complete/{job_id}`, with your position if you want the nearest bins.
5. `GET /api/v1/waste/status/{job_id}` every half second until it is `done` or `asked`.

Failures are RFC 9457 `application/problem+json` with a stable `code` and a sentence in the language of
`Accept-Language` (`ko`, `en`).
"""


def create_app(settings: Settings, name: str = "all") -> FastAPI:
    """The application of the target ``name``. Its parts connect at their first use and are closed with its lifespan."""
    this = target(name)
    house = _house(settings, this)
    routers = [_ROOMS[domain](house) for domain in this.domains]

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # What is made by now lives as long as the process: the collector need not look at it again (performance.md).
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        try:
            yield
        finally:
            gc.unfreeze()
            await house.close()

    app = FastAPI(
        title="bunri",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        generate_unique_id_function=openapi.operation_id,
        docs_url="/docs",
        redoc_url=None,
    )
    app.state.services = house.services
    app.state.public_url = str(settings.public_url) if settings.public_url else None
    app.state.canaries = canaries.of_target(house, this)
    problems.install(app)
    openapi.install(app)
    app.include_router(health.router)
    for router in routers:
        app.include_router(router)
    for router in _internal(house, this):
        app.include_router(router)
    if "waste" in this.domains:
        _serve_objects(app, house)
    if "detection" in this.domains:
        _serve_playground(app, house, this)
    if this.name == ALL:
        _serve_web(app, house)
    _middleware(app, house, this)
    app.state.express = _express(app, house, this)
    return app


def _house(settings: Settings, this: Target) -> House:
    if not this.needs:
        return House(settings, InlinePublisher({}))
    publisher = CeleryPublisher(make_celery(settings.cache_address("broker")), ROUTES)
    house = House(settings, publisher)
    house.closing.callback(publisher.close)
    return house


def _middleware(app: FastAPI, house: House, this: Target) -> None:
    """Innermost first: what is added last sees a request first."""
    if this.needs:
        app.state.verifier = tokens.Verifier(tokens.signing_key(house.settings.key("access tokens")), house.clock)
        identify = _identify(app.state.verifier)
        app.add_middleware(Idempotency, cache=house.cache("common"), prefixes=REPEATABLE, identify=identify)
    app.add_middleware(BodyLimit, limit=LARGEST_JSON, unlimited=(OBJECTS, DETECT, *UPLOADS, "/internal/"))
    app.add_middleware(RequestContext)


def _express(app: FastAPI, house: House, this: Target) -> Express | None:
    """What is answered beside the application (edge.http.express): the status poll."""
    if "waste" not in this.domains:
        return None
    pipe = Pipe(house.settings.cache_address("jobs"))
    house.closing.callback(pipe.close)
    return StatusPoll(pipe, app.state.verifier, rooms.renewal(house).ask)


def _identify(verifier: AccessVerifier) -> Identify:
    def identify(authorization: str) -> str | None:
        try:
            return verifier.verify(authorization.partition(" ")[2]).id
        except BunriError:
            return None

    return identify


def _serve_objects(app: FastAPI, house: House) -> None:
    """The local store's end of the upload ticket; with S3 nobody comes here."""
    from bunri.edge.http import objects

    app.state.storage = house.storage
    if isinstance(house.storage, LocalStorage):
        app.include_router(objects.router)


def _serve_playground(app: FastAPI, house: House, this: Target) -> None:
    """The detector's page; alone it is also the front page."""
    from bunri.domains.detection.service import DetectionService
    from bunri.edge.playground.playground import PREFIX, Playground

    folder, home = house.settings.data / "playground", bool(this.needs)
    playground = Playground(lambda: house.services.open(DetectionService), folder, home=home)
    house.closing.push_async_callback(playground.close)
    app.mount(PREFIX, playground)
    if not home:
        app.add_route("/", lambda _: RedirectResponse(f"{PREFIX}/"), include_in_schema=False)


def _serve_web(app: FastAPI, house: House) -> None:
    """The web app, after everything else: it takes the addresses that nobody else answers."""
    from bunri.edge.http import web

    origins = web.stored_at(house.storage, house.settings.map.origins)
    app.router.routes.append(web.WebApp(web.DIST, origins))


def _internal(house: House, this: Target) -> list[APIRouter]:
    """The public faces of the domains hosted here, for the other targets."""
    from bunri.domains.locations.public import LocationsPublic
    from bunri.domains.locations.service import LocationsService
    from bunri.domains.recycling.public import RecyclingPublic
    from bunri.domains.recycling.service import RecyclingService

    faces: dict[str, tuple[type, type[Any]]] = {
        "recycling": (RecyclingPublic, RecyclingService),
        "locations": (LocationsPublic, LocationsService),
    }

    def opener(service: type[Any]) -> Open:
        return lambda: house.services.open(service)

    return [
        internal_router(protocol, domain, opener(service), house.peer_tokens)
        for domain, (protocol, service) in faces.items()
        if domain in this.domains
    ]


def _auth(house: House) -> APIRouter:
    from bunri.domains.auth.endpoints import router

    rooms.auth(house)
    return router


def _waste(house: House) -> APIRouter:
    from bunri.domains.waste.endpoints import router

    rooms.waste(house)
    return router


def _recycling(house: House) -> APIRouter:
    from bunri.domains.recycling.endpoints import router

    rooms.recycling(house)
    return router


def _locations(house: House) -> APIRouter:
    from bunri.domains.locations.endpoints import router

    rooms.locations(house)
    return router


def _detection(house: House) -> APIRouter:
    from bunri.domains.detection.endpoints import router

    rooms.detection(house)
    return router


_ROOMS: Final[dict[str, Callable[[House], APIRouter]]] = {
    "auth": _auth,
    "waste": _waste,
    "recycling": _recycling,
    "locations": _locations,
    "detection": _detection,
}
