"""Sends spans to a collector: OTLP over HTTP, as protobuf, on a thread of its own. Loaded by ``start_traces`` alone.

Whoever ends a span only puts it down. A collector that is away, slow or broken costs the spans that there is no room
for, and nothing else.
"""

import os
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import Final

import structlog
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Status
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan
from prometheus_client import Counter

from bunri import __version__
from bunri.platform.telemetry.settings import TracesSettings
from bunri.platform.telemetry.traces import Kind, Span

log = structlog.get_logger(__name__)

SPANS: Final = Counter(
    "bunri_trace_spans_total",
    "Spans by what became of them: sent, refused (by the collector), or dropped: no_room, not_delivered.",
    ("outcome",),
)
TOGETHER: Final = 512
EVERY_S: Final = 2.0
PAUSES_S: Final = (0.5, 2.0)
"""Between the tries for what may pass."""
LAST_S: Final = 3.0
"""For what waits when the process ends."""
_MAY_PASS: Final = frozenset({429, 502, 503, 504})
_LONGEST_ANSWER: Final = 64 * 1024
_KINDS: Final[Mapping[Kind, "SentSpan.SpanKind.ValueType"]] = {
    "internal": SentSpan.SPAN_KIND_INTERNAL,
    "server": SentSpan.SPAN_KIND_SERVER,
    "client": SentSpan.SPAN_KIND_CLIENT,
    "producer": SentSpan.SPAN_KIND_PRODUCER,
    "consumer": SentSpan.SPAN_KIND_CONSUMER,
}


class NotDelivered(Exception):
    """The collector did not take them: ``reason`` is a status, or the class of an error."""

    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable


class SpanSender:
    """Keeps up to ``settings.waiting`` spans and sends them together, every few seconds or as soon as there are
    many."""

    def __init__(
        self, settings: TracesSettings, service: str, *, every_s: float = EVERY_S, pauses: Sequence[float] = PAUSES_S
    ) -> None:
        self._settings = settings
        self._resource = _resource(service)
        self._every = every_s
        self._pauses = pauses
        self._waiting: Queue[Span] = Queue(settings.waiting)
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._until = float("inf")
        self._works = True
        self._opener = urllib.request.build_opener(_NoRedirect)
        self._thread = threading.Thread(target=self._run, name="bunri-traces", daemon=True)
        self._thread.start()

    def add(self, span: Span) -> None:
        """Of any thread; returns at once."""
        try:
            self._waiting.put_nowait(span)
        except Full:
            SPANS.labels("no_room").inc()
        if self._waiting.qsize() >= min(TOGETHER, self._settings.waiting):
            self._wake.set()

    def close(self) -> None:
        """Tries once to send what waits, for a few seconds together."""
        self._until = time.monotonic() + LAST_S
        self._ending.set()
        self._wake.set()
        self._thread.join(LAST_S)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wake.wait(self._every)
            self._wake.clear()
            while time.monotonic() < self._until and (batch := self._taken()):
                self._send(batch)

    def _taken(self) -> list[Span]:
        taken: list[Span] = []
        with suppress(Empty):
            while len(taken) < TOGETHER:
                taken.append(self._waiting.get_nowait())
        return taken

    def _send(self, batch: Sequence[Span]) -> None:
        body = _encoded(self._resource, batch)
        for pause in (*self._pauses, None):
            try:
                refused = min(self._post(body), len(batch))
            except NotDelivered as error:
                self._say(works=False, reason=error.reason)
                if not error.retryable or pause is None or self._ending.wait(pause):
                    break
            else:
                self._say(works=True)
                SPANS.labels("sent").inc(len(batch) - refused)
                SPANS.labels("refused").inc(refused)
                return
        SPANS.labels("not_delivered").inc(len(batch))

    def _post(self, body: bytes) -> int:
        """How many of its spans were refused. Raises NotDelivered."""
        headers = {"Content-Type": "application/x-protobuf", "User-Agent": "bunri"}
        if self._settings.authorization:
            headers["Authorization"] = self._settings.authorization.get_secret_value()
        request = urllib.request.Request(self._settings.address, body, headers, method="POST")  # noqa: S310  # http(s) only: HttpUrl
        try:
            with self._opener.open(request, timeout=self._settings.timeout_s) as answer:
                said = ExportTraceServiceResponse.FromString(answer.read(_LONGEST_ANSWER))
        except urllib.error.HTTPError as error:
            error.close()
            raise NotDelivered(str(error.code), retryable=error.code in _MAY_PASS) from None
        except DecodeError:
            return 0  # it has taken them, whatever it says
        except Exception as error:  # of the connection, of its name, of TLS, of HTTP: none may end this thread
            raise NotDelivered(type(error).__name__, retryable=True) from None
        return max(0, int(said.partial_success.rejected_spans))

    def _say(self, *, works: bool, reason: str | None = None) -> None:
        """One line when it breaks and one when it is over, not one for each batch."""
        if works != self._works:
            self._works = works
            if works:
                log.info("traces.delivered_again")
            else:
                log.warning("traces.not_delivered", reason=reason)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The collector is where the settings say: what is sent goes nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


def _resource(service: str) -> Resource:
    described = {
        "service.namespace": "bunri",
        "service.name": service,
        "service.version": __version__,
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
    }
    return Resource(attributes=[_attribute(*each) for each in described.items()])


def _encoded(resource: Resource, spans: Sequence[Span]) -> bytes:
    scope = ScopeSpans(scope=InstrumentationScope(name="bunri", version=__version__), spans=map(_sent, spans))
    sent = ExportTraceServiceRequest(resource_spans=[ResourceSpans(resource=resource, scope_spans=[scope])])
    return bytes(sent.SerializeToString())


def _sent(span: Span) -> SentSpan:
    return SentSpan(
        trace_id=span.trace_id,
        span_id=span.id,
        parent_span_id=span.parent_id,
        name=span.name,
        kind=_KINDS[span.kind],
        start_time_unix_nano=span.started_ns,
        end_time_unix_nano=span.ended_ns,
        attributes=[_attribute(*each) for each in span.attributes.items()],
        status=Status(code=Status.STATUS_CODE_ERROR) if span.failed else None,
        flags=0x01,
    )


def _attribute(name: str, value: str | int) -> KeyValue:
    return KeyValue(
        key=name, value=AnyValue(int_value=value) if isinstance(value, int) else AnyValue(string_value=value)
    )
