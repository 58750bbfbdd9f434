"""A request as a span: named by its route, a part of its caller's trace, and silent about people."""

from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client import REGISTRY
from tests.support.api import bare_app, client_of
from tests.support.collector import CollectedSpan, Collector

from bunri.edge.http.requests import RequestContext
from bunri.platform.telemetry.traces import stop_traces

GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = bare_app()

    @app.get("/invitations/{code}")
    async def invitation(code: str) -> dict[str, str]:
        return {"code": code}

    @app.get("/broken/{what}")
    async def broken(what: str) -> None:
        raise ZeroDivisionError(what)

    @app.get("/health")
    @app.post("/internal/songs/ping")
    async def probed() -> None: ...

    app.add_middleware(RequestContext)
    async with client_of(app, answers_errors=True) as made:
        yield made


def sent(collector: Collector) -> list[CollectedSpan]:
    stop_traces()
    return collector.spans


async def test_it_is_named_by_its_route_and_says_nothing_of_whoever_asks(
    client: httpx.AsyncClient, traced: Collector
) -> None:
    where = {"lat": "37.5663", "email": "nobody@example.org"}
    await client.get("/invitations/SECRET-CODE", params=where, headers={"Authorization": "Bearer SECRET-TOKEN"})
    await client.get("/nowhere/SECRET-PATH")
    found, missing = sent(traced)
    assert (found.name, found.kind, found.failed) == ("GET /invitations/{code}", "server", False)
    assert found.attributes == {
        "http.request.method": "GET",
        "http.route": "/invitations/{code}",
        "http.response.status_code": 200,
    }
    assert missing.name == "GET (none)"
    for secret in (b"SECRET", b"37.5663", b"example.org"):
        assert not any(secret in body for body in traced.bodies)


async def test_it_goes_on_with_its_callers_trace(client: httpx.AsyncClient, traced: Collector) -> None:
    await client.get("/invitations/1", headers={"traceparent": GIVEN, "tracestate": "vendor=nobody@example.org"})
    await client.get("/invitations/1", headers={"traceparent": "00-nonsense"})
    await client.get("/invitations/1", headers=[("traceparent", GIVEN), ("traceparent", GIVEN)])
    going_on, *own = sent(traced)
    assert (going_on.trace_id, going_on.parent_id) == (GIVEN[3:35], GIVEN[36:52])
    assert [span.parent_id for span in own] == ["", ""]
    assert GIVEN[3:35] not in [span.trace_id for span in own]


async def test_a_bug_marks_it_and_is_not_quoted(client: httpx.AsyncClient, traced: Collector) -> None:
    assert (await client.get("/broken/SECRET")).status_code == 500
    (found,) = sent(traced)
    assert (found.name, found.failed, found.attributes["error.type"]) == ("GET /broken/{what}", True, "500")
    assert b"SECRET" not in traced.bodies[0]


async def test_what_looks_whether_we_live_is_not_traced(client: httpx.AsyncClient, traced: Collector) -> None:
    await client.get("/health", headers={"traceparent": GIVEN})
    await client.post("/internal/songs/ping")
    assert sent(traced) == []


async def test_its_duration_names_the_trace(client: httpx.AsyncClient, traced: Collector) -> None:
    await client.get("/invitations/1", headers={"traceparent": GIVEN})
    kept = [
        sample.exemplar.labels
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == "bunri_http_request_seconds_bucket" and sample.exemplar
        if sample.labels["route"] == "/invitations/{code}"
    ]
    assert {"trace_id": GIVEN[3:35]} in kept
