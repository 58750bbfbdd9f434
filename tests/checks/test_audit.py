"""``make audit``: what the tools say, read so that silence is no all-clear."""

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from checks.audit import NONE_KNOWN, NOT_ASKED, ROOT, SOME_KNOWN, Findings, npm_audit, read_npm, read_pip, report
from tests.support.platform import free_port

LOCK = "requirements.lock"
VULNERABLE = {"name": "jinja2", "version": "3.1.2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.3"]}]}
SKIPPED = {"name": "alembic", "skip_reason": "Dependency not found and could not be audited: alembic (1.20.1)"}
FINE = {"name": "idna", "version": "3.20", "vulns": []}


def of_pip(*packages: dict[str, Any]) -> Findings:
    return read_pip(json.dumps({"dependencies": packages, "fixes": []}), LOCK)


def test_a_vulnerability_is_named_with_what_mends_it() -> None:
    status, said = report([of_pip(FINE, VULNERABLE)])
    assert status == SOME_KNOWN
    assert "jinja2 3.1.2: PYSEC-1 (mended in 3.1.3)" in said


def test_none_known_is_said_only_when_all_was_asked_about() -> None:
    assert report([of_pip(FINE), read_npm('{"vulnerabilities": {}}')]) == (NONE_KNOWN, "no known vulnerabilities")
    for missing in (of_pip(FINE, SKIPPED), read_pip("", LOCK), read_pip("[]", LOCK), read_npm('{"statusCode": 405}')):
        status, said = report([of_pip(FINE), missing])
        assert status == NOT_ASKED
        assert "network" in said


def test_what_is_known_counts_more_than_what_is_not() -> None:
    assert report([of_pip(VULNERABLE, SKIPPED)])[0] == SOME_KNOWN


@contextmanager
def advisories(answer: dict[str, Any] | None) -> Iterator[str]:
    """A registry that knows nothing but advisories, as npm asks for them; for None it refuses."""

    class Registry(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = gzip.decompress(self.rfile.read(int(self.headers["content-length"])))
            known = {name: answer[name] for name in json.loads(body) if name in (answer or {})} if answer else {}
            content = json.dumps(known).encode()
            self.send_response(200 if answer is not None else 405)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.skipif(shutil.which("npm") is None, reason="without Node.js there is no npm")
class TestNpm:
    def test_is_really_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        known = {"react": [{"id": 1, "severity": "high", "title": "x", "url": "y", "vulnerable_versions": "<99"}]}
        with advisories(known) as registry:
            monkeypatch.setenv("npm_config_registry", registry)
            found = npm_audit()
        assert [line for line in found.vulnerable if line.startswith("react ") and line.endswith(": high")]

    def test_that_is_refused_or_away_is_no_all_clear(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with advisories(None) as registry:
            monkeypatch.setenv("npm_config_registry", registry)
            assert npm_audit().not_asked
        monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{free_port()}/")
        assert npm_audit().not_asked


def test_the_command_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{free_port()}/")
    done = subprocess.run(
        [sys.executable, "-m", "checks.audit", "/nowhere/uv"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == NOT_ASKED
    assert "this needs a network" in done.stdout
