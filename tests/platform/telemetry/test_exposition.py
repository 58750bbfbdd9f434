"""What Prometheus reads of one process, and of several that share a folder."""

import os
import subprocess
import sys
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from bunri.platform.telemetry.exposition import SHARED_IN, exposition, shared_counts
from bunri.platform.telemetry.metrics import REQUEST_SECONDS

COUNT = """
import sys
from bunri.platform.queue.metrics import TASKS
from bunri.platform.telemetry.metrics import REQUEST_SECONDS
from bunri.platform.telemetry.exposition import exposition
TASKS.labels("tests.shared", "done").inc(int(sys.argv[1]))
accept = "application/openmetrics-text" if sys.argv[2:] else ""
print(exposition(accept=accept).content.decode(), end="")
"""
SAMPLE = 'bunri_tasks_total{outcome="done",task="tests.shared"}'


def said_after(count: int, shared: dict[str, str], *form: str) -> str:
    command = [sys.executable, "-c", COUNT, str(count), *form]
    done = subprocess.run(command, env=os.environ | shared, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_process_answers_for_itself() -> None:
    assert SHARED_IN not in os.environ
    assert f"{SAMPLE} 2.0" in said_after(2, {})
    assert f"{SAMPLE} 3.0" in said_after(3, {})


def test_those_that_share_a_folder_answer_for_all(tmp_path: Path) -> None:
    with shared_counts(tmp_path, tmp_path) as shared:
        assert f"{SAMPLE} 2.0" in said_after(2, shared)
        assert f"{SAMPLE} 5.0" in said_after(3, shared)


def test_they_speak_openmetrics_together_too(tmp_path: Path) -> None:
    with shared_counts(tmp_path, tmp_path) as shared:
        said_after(2, shared)
        said = said_after(3, shared, "openmetrics")
    families = {each.name: each for each in text_string_to_metric_families(said)}  # type: ignore[no-untyped-call]
    [sample] = [each for each in families["bunri_tasks"].samples if each.name == "bunri_tasks_total"]
    assert (sample.labels, sample.value) == ({"outcome": "done", "task": "tests.shared"}, 5)


def test_what_was_counted_before_a_start_is_forgotten(tmp_path: Path) -> None:
    with shared_counts(tmp_path, tmp_path) as of_one_who_was_killed:
        said_after(2, of_one_who_was_killed)
        with shared_counts(tmp_path, tmp_path) as shared:
            assert f"{SAMPLE} 3.0" in said_after(3, shared)


def test_counts_lie_in_memory_unless_somebody_else_made_the_place(tmp_path: Path) -> None:
    memory, data, strange = tmp_path / "memory", tmp_path / "data", tmp_path / "strange"
    for each in (memory, data, strange):
        each.mkdir()
    with shared_counts(data, memory) as shared:
        inside = Path(shared[SHARED_IN])
        assert inside.parent == memory
        assert inside.stat().st_mode & 0o777 == 0o700
    assert not inside.exists()
    inside.symlink_to(strange)
    for place in (memory, tmp_path / "nowhere"):
        with shared_counts(data, place) as shared:
            assert shared == {SHARED_IN: str(data / "counts")}


def test_what_was_just_read_follows() -> None:
    assert b"\ntests_read 4.0\n" in exposition([GaugeMetricFamily("tests_read", "Read.", 4)]).content


def test_who_accepts_openmetrics_is_told_of_which_trace_a_request_was() -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    REQUEST_SECONDS.labels("/tests/traced").observe(0.03, {"trace_id": trace})
    read = [GaugeMetricFamily("tests_read", "Read.", 4)]
    found = exposition(read, "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
    assert found.content_type.startswith("application/openmetrics-text; version=1.0.0")
    parsed = text_string_to_metric_families(found.content.decode())  # type: ignore[no-untyped-call]
    families = {each.name: each for each in parsed}
    assert families["tests_read"].samples[0].value == 4
    kept = [
        (sample.labels["le"], sample.exemplar.labels)
        for sample in families["bunri_http_request_seconds"].samples
        if sample.labels["route"] == "/tests/traced" and sample.exemplar
    ]
    assert kept == [("0.05", {"trace_id": trace})]
    assert trace.encode() not in exposition(read, "text/plain").content
