"""A collector of traces: a local server that speaks OTLP over HTTP (protobuf), and can be slow, broken or away."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan

from bunri.platform.telemetry.settings import TracesSettings
from bunri.platform.telemetry.traces import start_traces, stop_traces


class CollectedSpan(NamedTuple):
    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    failed: bool


@dataclass
class Collector:
    """What it was sent, and what it says: ``statuses`` in turn, the last of them for ever."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [200])
    answers: threading.Event = field(default_factory=threading.Event)
    """Cleared: it takes requests and says nothing."""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    spans: list[CollectedSpan] = field(default_factory=list)
    rejects: int = 0

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        self.bodies.append(body)
        self.headers.append({"path": path, **headers})
        self.answers.wait(30)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status == 200:
            self.spans += _spans(ExportTraceServiceRequest.FromString(body))
        answer = ExportTraceServiceResponse()
        answer.partial_success.rejected_spans = self.rejects
        return status, answer.SerializeToString()

    def waits(self, until: Callable[[Sequence[CollectedSpan]], object], within: float = 30) -> list[CollectedSpan]:
        """The spans, as soon as they are ``until`` says."""
        deadline = time.monotonic() + within
        while not until(self.spans):
            assert time.monotonic() < deadline, [(span.service, span.name) for span in self.spans]
            time.sleep(0.05)
        return list(self.spans)


def _spans(request: ExportTraceServiceRequest) -> Iterator[CollectedSpan]:
    for resource in request.resource_spans:
        of = {each.key: each.value.string_value for each in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield CollectedSpan(
                    of["service.name"],
                    span.name,
                    SentSpan.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    {each.key: each.value.string_value or each.value.int_value for each in span.attributes},
                    span.status.code == 2,
                )


@contextmanager
def collecting() -> Iterator[Collector]:
    """One on a free loopback port."""
    collector = Collector()
    collector.answers.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = collector.take(self.path, headers, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        collector.answers.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def collector() -> Iterator[Collector]:
    """One that runs, and that nobody sends anything to yet."""
    with collecting() as started:
        yield started
    stop_traces()


@pytest.fixture
def traced(collector: Collector) -> Collector:
    """Where every span of this process goes."""
    start_traces(TracesSettings.model_validate({"endpoint": collector.url, "share": 1}), "bunri-tests")
    return collector
