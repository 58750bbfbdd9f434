"""The ASGI application of a target."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Final

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.middleware.cors import CORSMiddleware

from bunri import __version__
from bunri.app import heartbeats, readiness
from bunri.app.composition import compose
from bunri.app.container import Container
from bunri.app.measures import measures_of
from bunri.app.registry import ALL, REGISTRY, Registry, Target
from bunri.app.settings import Settings
from bunri.domains.auth.public import AccessVerifier, Caller, SessionEndings
from bunri.edge.http import health, openapi, problems, rate_limits, reference
from bunri.edge.http.addresses import ClientAddress, is_public
from bunri.edge.http.fast_path import FastPath, first_of
from bunri.edge.http.idempotency import Idempotency
from bunri.edge.http.policies import Policies, policies_of, set_policy
from bunri.edge.http.rate_limits import RateLimits
from bunri.edge.http.requests import BodyLimit, RequestContext
from bunri.edge.http.routers import FromPrefix
from bunri.edge.http.security_headers import SecurityHeaders, security_headers
from bunri.kit.errors import BunriError
from bunri.kit.memory import frozen
from bunri.kit.tasks import cancel_all
from bunri.platform.http.policy import RoutePolicy
from bunri.platform.limits import RateLimiter
from bunri.platform.mail.folder import MailFolder
from bunri.platform.mail.protocol import Mailer
from bunri.platform.queue import InlinePublisher
from bunri.platform.queue.celery import make_celery
from bunri.platform.queue.celery_publisher import CeleryPublisher
from bunri.platform.realtime import Emitter, Subscriber
from bunri.platform.storage import LocalStorage

Background = Callable[[], Awaitable[None]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

EXPOSED: Final = ("ETag", "Retry-After", "X-Next-Cursor", "X-Request-ID", *rate_limits.HEADERS)
"""Headers of an answer that pages of other origins may read, beside the few that browsers always show."""
ASKED_WITH: Final = ("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "X-Request-ID")
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def create_app(settings: Settings, name: str = ALL, registry: Registry = REGISTRY) -> FastAPI:
    """The application of the target ``name``. Its parts connect at their first use and are closed with its lifespan."""
    target = registry.target(name)
    settings = settings.hosting(target.domains)
    container = _container(settings, target, registry)
    background: list[Background] = [*_api_tasks(container, registry, target)]
    app = FastAPI(
        title="bunri",
        version=__version__,
        description=openapi.DESCRIPTION,
        lifespan=_lifespan(container, background),
        generate_unique_id_function=openapi.operation_id,
        docs_url=None,  # FastAPI's comes from another host: reference.py is ours
        redoc_url=None,
        # Its own spans and metrics hold queries, and so positions: ours are made by RequestContext.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.target = target
    app.state.providers = container
    app.state.public_url = str(settings.public_url) if settings.public_url else None
    app.state.metrics_token = settings.http.metrics_token
    app.state.origins = frozenset(settings.http.origins)
    app.state.security_headers = security_headers(app.state.public_url)
    app.state.measures = measures_of(container, registry, target)
    app.state.checks = readiness.checks_of(container, registry, target)
    problems.install(app)
    openapi.install(app)
    reference.install(app)
    app.include_router(health.router)
    _serve_domains(app, container, target)
    _serve_rpc(app, container, target)
    background += _serve_sockets(app, container, registry, target)
    _serve_objects(app, container, target)
    _serve_mail(app, container, target)
    _serve_front(app, container, target)
    _middleware(app, container, target)
    app.state.fast_path = _fast_path(container, target)
    return app


def _container(settings: Settings, target: Target, registry: Registry) -> Container:
    if target.stands_alone:
        return compose(Container(settings, InlinePublisher({})), registry)
    publisher = CeleryPublisher(make_celery(settings.cache_address("broker")), registry.routes)
    container = compose(Container(settings, publisher), registry)
    container.closing.callback(publisher.close)
    return container


def _lifespan(
    container: Container, background: Sequence[Background]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        running = [asyncio.ensure_future(task()) for task in background]
        try:
            with frozen():
                yield
        finally:
            await cancel_all(running)
            await container.close()

    return lifespan


def _api_tasks(container: Container, registry: Registry, target: Target) -> Iterator[Background]:
    if not target.stands_alone:
        yield partial(heartbeats.beat_target, container.cache("common"), target.name)
        for module in registry.modules:
            yield from module.api_tasks(container)


def _serve_domains(app: FastAPI, container: Container, target: Target) -> None:
    for module in target.modules:
        for router in module.routers(container):
            app.include_router(FromPrefix(router))
        if module.mount:
            module.mount(app, container)


def _serve_rpc(app: FastAPI, container: Container, target: Target) -> None:
    """The public Protocols of the domains hosted here, for the other targets."""
    from bunri.app.rpc.server import router
    from bunri.app.rpc.tokens import PeerTokens

    for module in target.modules:
        if module.public:
            checks = readiness.of_module(container, module)
            served = router(module.name, module.public, container.get, container.get(PeerTokens), checks)
            app.include_router(FromPrefix(served))


def _serve_sockets(app: FastAPI, container: Container, registry: Registry, target: Target) -> Iterator[Background]:
    """Pushes: every API process that knows people takes part, for its event streams; the target that owns the prefix
    serves the sockets, with the handlers of all domains: a socket is one connection, whoever its events are for."""
    if target.stands_alone:
        return
    from bunri.edge.realtime.server import LARGEST_MESSAGE, PREFIX, RealtimeServer
    from bunri.platform.limits.memory import MemoryRateLimiter
    from bunri.platform.realtime.cluster import ClusterEmitter, ClusterManager

    manager = ClusterManager(container.cache("common"))
    container.provide(Emitter, lambda: ClusterEmitter(manager))
    container.provide(Subscriber, lambda: manager)
    handlers = [each for module in registry.modules for each in module.socket_handlers(container)]
    watchers = [each for module in registry.modules for each in module.socket_watchers(container)]
    ordered = next((module.ordered_rooms(container) for module in registry.modules if module.ordered_rooms), None)
    identity = container.get(AccessVerifier), container.get(SessionEndings)
    settings = container.settings
    # What a socket sends is counted here: it is not worth a round trip, and a person's sockets are few processes'.
    limiter = MemoryRateLimiter(settings.limits)
    server = RealtimeServer(
        manager, *identity, handlers, container, container.clock, settings.http, limiter, watchers, ordered
    )
    if PREFIX in target.prefixes:
        app.state.checks["realtime"] = manager.check
        app.mount(PREFIX, server.app)
        # As much as its handshake says that a client may send at once.
        set_policy(app, PREFIX + "/{rest:path}", RoutePolicy(max_body=LARGEST_MESSAGE, rate_limit=None))
    yield server.run


def _serve_objects(app: FastAPI, container: Container, target: Target) -> None:
    """The local store's end of the upload ticket; with S3 nobody comes here."""
    if target.stores_objects:
        from bunri.edge.http import objects

        app.state.storage = container.storage
        if isinstance(container.storage, LocalStorage):
            app.include_router(objects.router)


def _serve_mail(app: FastAPI, container: Container, target: Target) -> None:
    """What would have been sent, for the operator of a machine without a mail server."""
    if not target.stands_alone and isinstance(folder := container.get(Mailer), MailFolder):
        from bunri.edge.http import dev_mail

        app.include_router(dev_mail.router(folder))


def _serve_front(app: FastAPI, container: Container, target: Target) -> None:
    """What answers at ``/``: the web app where everything is, after everything else, since it takes the addresses that
    nobody else answers; a target's page where that is all there is."""
    if target.name == ALL:
        from bunri.edge.http import web

        origins = [origin for module in target.modules for origin in module.page_origins(container.settings)]
        app.router.routes.append(web.WebApp(web.DIST, web.stored_at(container.storage, origins)))
    elif target.stands_alone:
        app.add_route("/", lambda _: RedirectResponse(f"{target.prefixes[-1]}/"), include_in_schema=False)


def _middleware(app: FastAPI, container: Container, target: Target) -> None:
    """Innermost first: what is added last sees a request first."""
    policies: Policies = policies_of(app)
    identify: rate_limits.Identify = _nobody
    if not target.stands_alone:
        app.state.verifier = container.get(AccessVerifier)
        identify = _identify(app.state.verifier)
        cache = container.cache("common")
        app.add_middleware(Idempotency, cache=cache, policies=policies, identify=_person(identify))
    app.add_middleware(BodyLimit, policies=policies)
    limiter, public = container.get(RateLimiter), is_public(app.state.public_url)
    app.add_middleware(RateLimits, limiter=limiter, policies=policies, identify=identify, public=public)
    app.add_middleware(RequestContext)
    if app.state.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=container.settings.http.origins,
            allow_methods=METHODS,
            allow_headers=ASKED_WITH,
            allow_credentials=True,
            expose_headers=EXPOSED,
        )
    app.add_middleware(SecurityHeaders, headers=app.state.security_headers)
    app.add_middleware(ClientAddress, trusted=container.settings.http.trusted_proxies)


def _identify(verifier: AccessVerifier) -> rate_limits.Identify:
    def identify(authorization: str) -> Caller | None:
        try:
            return verifier.verify(authorization.partition(" ")[2])
        except BunriError:
            return None

    return identify


def _nobody(_: str) -> None:
    """Where no domain knows people."""


def _person(identify: rate_limits.Identify) -> Callable[[str], str | None]:
    def person(authorization: str) -> str | None:
        caller = identify(authorization)
        return caller.id if caller else None

    return person


def _fast_path(container: Container, target: Target) -> FastPath | None:
    """What is answered beside the application (edge.http.fast_path)."""
    return first_of([module.fast_path(container) for module in target.modules if module.fast_path])
