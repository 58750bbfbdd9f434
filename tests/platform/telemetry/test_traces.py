"""Spans, and how they reach a collector or do not."""

import json
import os
import subprocess
import sys
import time

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr, ValidationError
from tests.support.collector import Collector
from tests.support.platform import free_port

from bunri.kit.errors import Unavailable
from bunri.platform.telemetry import traces
from bunri.platform.telemetry.otlp import SpanSender
from bunri.platform.telemetry.settings import TracesSettings
from bunri.platform.telemetry.traces import Span, span, start_traces, stop_traces

GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def settings_for(url: str, **more: object) -> TracesSettings:
    return TracesSettings.model_validate({"endpoint": url, "share": 1, **more})


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("bunri_trace_spans_total", {"outcome": outcome}) or 0.0


class TestSpans:
    def test_without_an_address_there_are_none(self) -> None:
        start_traces(TracesSettings(), "tests")
        with span("outer", "server") as made:
            made.set("http.route", "/nowhere")
            made.fail("Broken")
            assert traces.carried() == traces.trace_ids() == {}
        assert not traces.tracing()

    def test_one_in_another_has_it_as_its_parent(self, collector: Collector) -> None:
        start_traces(settings_for(collector.url), "bunri-tests")
        with span("GET /a", "server", {"http.request.method": "GET"}), span("stage look") as inner:
            inner.set("peer.service", "kakao")
            ids = traces.trace_ids()
        stop_traces()
        inside, outside = collector.spans
        assert (inside.name, inside.kind, inside.service) == ("stage look", "internal", "bunri-tests")
        assert (inside.trace_id, inside.span_id) == (ids["trace_id"], ids["span_id"])
        assert (inside.parent_id, inside.trace_id) == (outside.span_id, outside.trace_id)
        assert (outside.parent_id, outside.attributes) == ("", {"http.request.method": "GET"})
        assert traces.trace_ids() == {}

    def test_only_what_comes_from_outside_begins_one(self, collector: Collector) -> None:
        start_traces(settings_for(collector.url), "bunri-tests")
        for kind in ("internal", "client", "producer"):
            with span("alone", kind):
                assert traces.carried() == {}
        stop_traces()
        assert collector.spans == []

    def test_a_trace_goes_on_where_its_header_arrives(self, collector: Collector) -> None:
        start_traces(settings_for(collector.url), "bunri-tests")
        with span("task", "consumer", parent=GIVEN):
            carried = traces.carried()["traceparent"]
        stop_traces()
        assert (collector.spans[0].trace_id, collector.spans[0].parent_id) == (GIVEN[3:35], GIVEN[36:52])
        assert carried == f"00-{GIVEN[3:35]}-{collector.spans[0].span_id}-01"

    def test_an_error_is_named_and_never_quoted(self, collector: Collector) -> None:
        start_traces(settings_for(collector.url), "bunri-tests")
        with pytest.raises(Unavailable), span("task", "consumer"):
            raise Unavailable(who="nobody@example.org", where="37.5663,126.9779")
        stop_traces()
        assert (collector.spans[0].failed, collector.spans[0].attributes) == (True, {"error.type": "Unavailable"})
        assert b"example.org" not in collector.bodies[0]
        assert b"37.5663" not in collector.bodies[0]

    def test_a_caller_may_leave_itself_out_but_not_in(self, collector: Collector) -> None:
        start_traces(settings_for(collector.url, share=0), "bunri-tests")
        with span("GET /a", "server", parent=GIVEN):
            assert traces.sampled_trace() is None
            assert traces.trace_ids()["trace_id"] == GIVEN[3:35]
            assert traces.carried()["traceparent"].endswith("-00")
        start_traces(settings_for(collector.url, share=1), "bunri-tests")
        with span("GET /a", "server", parent=GIVEN.removesuffix("01") + "00"):
            assert traces.sampled_trace() is None
        stop_traces()
        assert collector.bodies == []

    @pytest.mark.parametrize(
        "written",
        [
            None,
            7,
            "",
            GIVEN.upper(),
            GIVEN + "-and-more",
            "ff" + GIVEN[2:],
            "00-" + "0" * 32 + GIVEN[35:],
            GIVEN[:36] + "0" * 16 + "-01",
            "x" * 10_000,
        ],
    )
    def test_what_is_no_traceparent_is_left_alone(self, written: object) -> None:
        assert traces.valid(written) is None
        assert traces.valid(GIVEN) == GIVEN


class TestSending:
    def test_spans_go_to_the_collectors_path_with_what_it_asks_for(self, collector: Collector) -> None:
        start_traces(settings_for(collector.url, authorization="Basic c2VjcmV0"), "bunri-tests")
        with span("GET /a", "server"):
            pass
        stop_traces()
        headers = collector.headers[0]
        assert (headers["path"], headers["content-type"]) == ("/v1/traces", "application/x-protobuf")
        assert headers["authorization"] == "Basic c2VjcmV0"

    def test_an_address_with_a_path_is_taken_as_it_is(self) -> None:
        assert settings_for("https://traces.example/otlp/v1/traces").address == "https://traces.example/otlp/v1/traces"
        assert settings_for("https://traces.example").address == "https://traces.example/v1/traces"
        with pytest.raises(ValidationError, match="AUTHORIZATION"):
            settings_for("https://who:secret@traces.example")
        assert isinstance(settings_for("http://a", authorization="Bearer x").authorization, SecretStr)

    def test_what_may_pass_is_tried_again(self, collector: Collector) -> None:
        collector.statuses = [503, 429, 200]
        made_with(collector, pauses=(0.01, 0.01))
        assert [span.name for span in collector.spans] == ["GET /0"]
        assert len(collector.bodies) == 3

    @pytest.mark.parametrize(("status", "tries"), [(500, 1), (400, 1), (503, 3), (301, 1)])
    def test_what_is_not_taken_is_dropped_and_counted(self, collector: Collector, status: int, tries: int) -> None:
        collector.statuses = [status]
        before = counted("not_delivered")
        made_with(collector, pauses=(0.01, 0.01))
        assert len(collector.bodies) == tries
        assert counted("not_delivered") == before + 1

    def test_a_collector_that_is_away_costs_the_spans_and_nothing_else(self) -> None:
        before = counted("not_delivered")
        start_traces(settings_for(f"http://127.0.0.1:{free_port()}"), "bunri-tests")
        with span("GET /a", "server"):
            pass
        stop_traces()
        assert counted("not_delivered") == before + 1

    def test_what_the_collector_refuses_is_counted(self, collector: Collector) -> None:
        collector.rejects = 1
        before = counted("refused"), counted("sent")
        made_with(collector, spans=3)
        assert (counted("refused"), counted("sent")) == (before[0] + 1, before[1] + 2)

    def test_one_that_does_not_answer_leaves_room_for_so_many_and_holds_nobody_up(self, collector: Collector) -> None:
        collector.answers.clear()
        before = counted("no_room")
        start_traces(settings_for(collector.url, waiting=4, timeout_s=30), "bunri-tests")
        with span("GET /first", "server"):
            pass
        collector.waits(lambda _: collector.bodies)  # from now on nothing is taken out of the queue
        for number in range(20):
            with span(f"GET /{number}", "server"):
                pass  # each returns at once: nobody waits for the collector
        assert counted("no_room") == before + 16
        collector.answers.set()
        stop_traces()
        assert [each.name for each in collector.spans] == ["GET /first", *(f"GET /{number}" for number in range(4))]

    def test_it_says_once_that_nothing_arrives(self, collector: Collector) -> None:
        collector.statuses = [500, 500, 200]
        told = [json.loads(line)["event"] for line in said(BATCHES, collector.url).stderr.splitlines()]
        assert told == ["traces.not_delivered", "traces.delivered_again"]


def made_with(collector: Collector, *, spans: int = 1, pauses: tuple[float, ...] = (0.5, 2.0)) -> None:
    """Sends spans and waits for what becomes of them."""
    done = sum(counted(each) for each in ("sent", "refused", "not_delivered")) + spans
    sender = SpanSender(settings_for(collector.url), "bunri-tests", every_s=0.05, pauses=pauses)
    for number in range(spans):
        sender.add(finished(number))
    collector.waits(lambda _: sum(counted(each) for each in ("sent", "refused", "not_delivered")) >= done)
    sender.close()


def finished(number: int) -> Span:
    return Span(f"GET /{number}", "server", b"t" * 16, b"s" * 8, sampled=True, ended_ns=time.time_ns())


OFF = """
import sys
import bunri.cli.serving, bunri.app.worker, bunri.app.beat, bunri.app.asgi
from bunri.platform.telemetry.settings import TracesSettings
from bunri.platform.telemetry.traces import span, start_traces
start_traces(TracesSettings(), "tests")
with span("GET /a", "server"):
    sent = ("opentelemetry.proto", "opentelemetry.sdk", "google.protobuf", "bunri.platform.telemetry.otlp")
    print(*sorted(name for name in sys.modules if name.startswith(sent)))
"""
BATCHES = """
import sys, time
from bunri.platform.telemetry.logs import configure_logs
from bunri.platform.telemetry.otlp import SPANS, SpanSender
from bunri.platform.telemetry.settings import TracesSettings
from bunri.platform.telemetry.traces import Span
configure_logs(json=True)
sender = SpanSender(TracesSettings(endpoint=sys.argv[1]), "tests", every_s=0.01)

def ended():
    return sum(sample.value for sample in SPANS.collect()[0].samples if sample.name == "bunri_trace_spans_total")

for number in range(3):
    sender.add(Span(f"{number}", "server", b"t" * 16, b"s" * 8, sampled=True, ended_ns=time.time_ns()))
    while ended() < number + 1:
        time.sleep(0.01)
sender.close()
"""
LINES = """
import sys, structlog
from bunri.platform.telemetry.logs import configure_logs
from bunri.platform.telemetry.settings import TracesSettings
from bunri.platform.telemetry.traces import span, start_traces, stop_traces
configure_logs(json=True)
log = structlog.get_logger("tests")
start_traces(TracesSettings(endpoint=sys.argv[1], share=1), "tests")
with span("GET /a", "server", parent=sys.argv[2]):
    log.info("inside")
log.info("outside")
stop_traces()
"""


def said(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *words], env=os.environ, capture_output=True, text=True, check=True
    )


def test_when_off_nothing_of_it_is_loaded() -> None:
    assert said(OFF).stdout.split() == []


def test_a_line_of_the_log_has_the_ids_of_its_trace(collector: Collector) -> None:
    inside, outside = map(json.loads, said(LINES, collector.url, GIVEN).stderr.splitlines())
    assert inside["trace_id"] == GIVEN[3:35]
    assert inside["span_id"] == collector.spans[0].span_id
    assert outside.keys().isdisjoint({"trace_id", "span_id"})
