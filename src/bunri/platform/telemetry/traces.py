"""Spans, and the trace that they belong to on its way from one process to the next (W3C Trace Context).

Off until ``start_traces`` is called: what sends them is not loaded, and a span costs one comparison.

The names of attributes are listed here, so that nobody writes a path, a query, a text or an address of a person into a
trace: what describes a request is the template of its route.
"""

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from bunri.platform.telemetry.settings import TracesSettings

if TYPE_CHECKING:
    from bunri.platform.telemetry.otlp import SpanSender

Kind = Literal["server", "consumer", "client", "producer", "internal"]
Attribute = Literal[
    "error.type",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "messaging.destination.name",
    "peer.service",
]

TRACEPARENT: Final = "traceparent"
"""The header of requests and of messages."""
_BEGINNINGS: Final = ("server", "consumer")
_WRITTEN: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_SAMPLED: Final = 1


@dataclass(slots=True, eq=False)
class Span:
    """A part of a trace. Its ids are 16 and 8 bytes; times are nanoseconds since 1970."""

    name: str
    kind: Kind = "internal"
    trace_id: bytes = b""
    id: bytes = b""
    parent_id: bytes = b""
    sampled: bool = False
    """Whether it is sent."""
    attributes: dict[Attribute, str | int] = field(default_factory=dict)
    failed: bool = False
    started_ns: int = field(default_factory=time.time_ns)
    ended_ns: int = 0

    def set(self, attribute: Attribute, value: str | int) -> None:
        self.attributes[attribute] = value

    def fail(self, kind: str) -> None:
        """Marks it as failed. ``kind`` names an error and never quotes one: messages hold what people wrote."""
        self.failed = True
        self.set("error.type", kind)

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id.hex()}-{self.id.hex()}-{int(self.sampled):02x}"


_current: Final[ContextVar[Span | None]] = ContextVar("bunri.span", default=None)
"""OpenTelemetry's own context is left alone: libraries send what they find there to services of others."""
_NOTHING: Final = nullcontext(Span("nothing"))
"""Where no trace is at hand. All share it, and nobody reads what they set."""
_traces: "Traces | None" = None


class Traces:
    """Makes the spans of this process and hands them to ``sender``."""

    def __init__(self, share: float, sender: "SpanSender") -> None:
        self._bound = round(share * 2**64)
        self._sender = sender

    @contextmanager
    def span(self, made: Span, parent: str | None) -> Iterator[Span]:
        self._place(made, parent)
        token = _current.set(made)
        try:
            yield made
        except Exception as error:
            made.fail(type(error).__name__)
            raise
        finally:
            _current.reset(token)
            made.ended_ns = time.time_ns()
            if made.sampled:
                self._sender.add(made)

    def _place(self, made: Span, parent: str | None) -> None:
        """Below the span at hand or ``parent``, or at the beginning of a trace. Whoever calls may say that their
        request is not to be traced, but not that it is: strangers could have everything traced. The share is decided by
        the trace's id, as OpenTelemetry does, so that all processes come to the same."""
        made.id = os.urandom(8)
        above = _current.get()
        if parent is not None and (written := _WRITTEN.fullmatch(parent)):
            trace_id, span_id, flags = map(bytes.fromhex, written.groups())
            made.trace_id, made.parent_id = trace_id, span_id
            made.sampled = bool(flags[0] & _SAMPLED) and self._is_in_share(trace_id)
        elif above is not None:
            made.trace_id, made.parent_id, made.sampled = above.trace_id, above.id, above.sampled
        else:
            made.trace_id = os.urandom(16)
            made.sampled = self._is_in_share(made.trace_id)

    def _is_in_share(self, trace_id: bytes) -> bool:
        return int.from_bytes(trace_id[8:], "big") < self._bound

    def close(self) -> None:
        self._sender.close()


def start_traces(settings: TracesSettings, service: str) -> None:
    """From now on this process, ``service``, makes spans and sends them, if ``settings`` say where to."""
    global _traces
    stop_traces()
    if settings.endpoint is not None:
        from bunri.platform.telemetry.otlp import SpanSender

        _traces = Traces(settings.share, SpanSender(settings, service))


def stop_traces() -> None:
    """Sends what waits, for a few seconds at most."""
    global _traces
    ended, _traces = _traces, None
    if ended is not None:
        ended.close()


def tracing() -> bool:
    return _traces is not None


def span(
    name: str,
    kind: Kind = "internal",
    attributes: Mapping[Attribute, str | int] | None = None,
    *,
    parent: str | None = None,
) -> AbstractContextManager[Span]:
    """A span of the trace at hand, or of that which ``parent`` (a traceparent) names. Only a request that comes in
    and a task that is taken begin a trace of their own. An exception marks it with its class."""
    if _traces is None or (kind not in _BEGINNINGS and parent is None and _current.get() is None):
        return _NOTHING
    return _traces.span(Span(name, kind, attributes=dict(attributes or {})), parent)


def carried() -> dict[str, str]:
    """Headers of a message or of a call, by which its receiver goes on with the trace at hand."""
    found = _current.get()
    return {TRACEPARENT: found.traceparent} if found else {}


def valid(written: object) -> str | None:
    """``written`` when it is a traceparent as of today."""
    return written if isinstance(written, str) and _WRITTEN.fullmatch(written) else None


def trace_ids() -> dict[str, str]:
    """``trace_id`` and ``span_id`` of the span at hand, for a line of the log."""
    found = _current.get()
    return {"trace_id": found.trace_id.hex(), "span_id": found.id.hex()} if found else {}


def sampled_trace() -> str | None:
    """The id of the trace at hand, if it is sent."""
    found = _current.get()
    return found.trace_id.hex() if found and found.sampled else None
