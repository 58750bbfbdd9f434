"""Alerts for real: a process of ours, Prometheus, Alertmanager, and a Slack that is played by a local server."""

import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import yaml
from tests.support import processes
from tests.support.platform import free_port

from bunri.app.worker_probes import serve_probes
from bunri.platform.queue.metrics import TASKS

MONITORING: Final = Path(__file__).parents[2] / "deploy/monitoring"
TASK: Final = "tests.failing"


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd=MONITORING)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    print(done.stdout)
    return done.stdout


def test_the_rules_are_rules_and_do_what_their_tests_say() -> None:
    run("promtool", "check", "rules", "alerts.yaml")
    assert "SUCCESS" in run("promtool", "test", "rules", "alerts.test.yaml")


def test_prometheus_takes_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a token for tests only")
    written = (MONITORING / "prometheus.yaml").read_text()
    written = written.replace("/run/secrets/metrics_token", str(tmp_path / "token"))
    written = written.replace("/etc/prometheus/targets.yaml", str(MONITORING / "targets/full.yaml"))
    (tmp_path / "prometheus.yaml").write_text(written.replace("/etc/prometheus/", f"{MONITORING}/"))
    run("promtool", "check", "config", str(tmp_path / "prometheus.yaml"))


def test_alertmanager_takes_its_own() -> None:
    run("amtool", "check-config", "alertmanager.yaml")
    for severity in ("page", "ticket"):
        told = run("amtool", "config", "routes", "test", "--config.file=alertmanager.yaml", f"severity={severity}")
        assert told.split() == ["slack"]


# ── live ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Slack:
    """What it was told, one line an alert."""

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [" ".join(str(each[name]) for name in ("title", "text")) for each in self._attachments()]

    def _attachments(self) -> Iterator[dict[str, Any]]:
        for message in self.messages:
            yield from message["attachments"]

    def about(self, alert: str) -> list[str]:
        return [text for text in self.texts if alert in text]


@pytest.fixture
def slack() -> Iterator[Slack]:
    heard = Slack()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    heard.url = f"http://127.0.0.1:{server.server_port}/services/T/B/secret"
    yield heard
    server.shutdown()
    server.server_close()


@dataclass
class Site:
    """Where the two answer."""

    prometheus: str
    alertmanager: str

    def amtool(self, *words: str) -> str:
        return run("amtool", f"--alertmanager.url={self.alertmanager}", *words)


@pytest.fixture
def worker() -> Iterator[str]:
    """The metrics of a worker, which is this process."""
    TASKS.labels(TASK, "failed").inc(0)
    port = free_port()
    server = serve_probes("127.0.0.1", port, lambda: True, None)
    yield f"127.0.0.1:{port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(tmp_path: Path, slack: Slack, worker: str) -> Iterator[Site]:
    """Both as they are delivered, but for addresses and for how long they wait."""
    ports = free_port(), free_port()
    here = Site(*(f"http://127.0.0.1:{port}" for port in ports))
    away = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    (tmp_path / "webhook").write_text(slack.url)
    _write(tmp_path / "alertmanager.yaml", _alertmanager(tmp_path / "webhook"))
    _write(tmp_path / "alerts.yaml", _impatient(yaml.safe_load((MONITORING / "alerts.yaml").read_text())))
    _write(tmp_path / "prometheus.yaml", _prometheus(tmp_path / "alerts.yaml", [worker, *away], here.alertmanager))
    commands = {
        "alertmanager": [
            "prometheus-alertmanager",
            f"--config.file={tmp_path}/alertmanager.yaml",
            f"--storage.path={tmp_path}/alertmanager",
            f"--web.listen-address=127.0.0.1:{ports[1]}",
            "--cluster.listen-address=",
        ],
        "prometheus": [
            "prometheus",
            f"--config.file={tmp_path}/prometheus.yaml",
            f"--storage.tsdb.path={tmp_path}/prometheus",
            f"--web.listen-address=127.0.0.1:{ports[0]}",
            "--enable-feature=exemplar-storage",
        ],
    }
    started = [processes.start(command, log=tmp_path / f"{name}.log") for name, command in commands.items()]
    try:
        for url in (here.prometheus, here.alertmanager):
            _until(lambda url=url: _answers(f"{url}/-/ready"), tmp_path)  # type: ignore[misc]
        yield here
    finally:
        processes.stop(*started)


def _alertmanager(webhook: Path) -> Any:
    config = yaml.safe_load((MONITORING / "alertmanager.yaml").read_text())
    for route in (config["route"], *config["route"]["routes"]):
        route["group_wait"], route["group_interval"] = "3s", "2s"
        route.pop("active_time_intervals", None)  # the test runs at night, too
    config["receivers"][0]["slack_configs"][0]["api_url_file"] = str(webhook)
    return config


def _impatient(rules: Any) -> Any:
    for rule in rules["groups"][0]["rules"]:
        rule.pop("for", None)
    return rules


def _prometheus(rules: Path, targets: Sequence[str], alertmanager: str) -> Any:
    config = yaml.safe_load((MONITORING / "prometheus.yaml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(rules)]
    config["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [alertmanager.removeprefix("http://")]}]}]
    job = config["scrape_configs"][0]
    for name in ("authorization", "file_sd_configs", "dns_sd_configs"):
        del job[name]
    job["static_configs"] = [{"targets": list(targets)}]
    return config


def _write(path: Path, config: Any) -> None:
    path.write_text(yaml.safe_dump(config, allow_unicode=True))


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _until(true: Callable[[], object], logs: Path) -> None:
    deadline = time.monotonic() + 60
    while not true():
        tails = "\n".join(log.read_text()[-2000:] for log in logs.glob("*.log"))
        assert time.monotonic() < deadline, tails
        time.sleep(0.2)


def test_alerts_arrive_together_and_those_that_are_silenced_do_not(site: Site, slack: Slack, tmp_path: Path) -> None:
    site.amtool("silence", "add", "alertname=BunriTasksFail", "--duration=1h", "--author=tests", "--comment=known")
    _until(lambda: slack.about("BunriDown"), tmp_path)
    [told] = slack.about("BunriDown")
    assert "BunriDown (2)" in told
    assert len(set(re.findall(r"127\.0\.0\.1:\d+ does not answer", told))) == 2
    assert "docs/operations/monitoring.md#bunridown" in told

    _until(lambda: _series(site, "bunri_tasks_total"), tmp_path)
    TASKS.labels(TASK, "failed").inc(20)
    _until(lambda: "BunriTasksFail" in site.amtool("alert", "query", "--silenced"), tmp_path)
    assert slack.about("BunriTasksFail") == []
    [silence] = site.amtool("silence", "query", "-q").split()
    site.amtool("silence", "expire", silence)
    _until(lambda: slack.about("BunriTasksFail"), tmp_path)
    assert f"{TASK} failed" in slack.about("BunriTasksFail")[0]


def _series(site: Site, name: str) -> bool:
    answer = httpx.get(f"{site.prometheus}/api/v1/query", params={"query": f'{name}{{task="{TASK}"}}'}).json()
    return bool(answer["data"]["result"])


def test_prometheus_keeps_the_trace_of_a_slow_request(site: Site, tmp_path: Path) -> None:
    from bunri.platform.telemetry.metrics import REQUEST_SECONDS

    trace = "0af7651916cd43dd8448eb211c80319c"
    REQUEST_SECONDS.labels("/tests/slow").observe(3, {"trace_id": trace})

    def kept() -> bool:
        asked: dict[str, str | float] = {
            "query": "bunri_http_request_seconds_bucket",
            "start": time.time() - 300,
            "end": time.time() + 10,
        }
        found = httpx.get(f"{site.prometheus}/api/v1/query_exemplars", params=asked).json()["data"]
        return any(each["labels"]["trace_id"] == trace for series in found for each in series["exemplars"])

    _until(kept, tmp_path)
