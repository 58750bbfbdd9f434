"""What a worker answers on its own port."""

import socket
from collections.abc import Callable, Iterator

import httpx
import pytest
from pydantic import SecretStr
from tests.support.platform import Platform

from bunri.app.worker_probes import serve_probes

Ask = Callable[..., httpx.Response]


class Worker:
    consuming = False


@pytest.fixture(params=[None, "a token"])
def token(request: pytest.FixtureRequest) -> str | None:
    found: str | None = request.param
    return found


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def ask(worker: Worker, token: str | None) -> Iterator[Ask]:
    server = serve_probes("127.0.0.1", 0, lambda: worker.consuming, SecretStr(token) if token else None)
    base = f"http://127.0.0.1:{server.server_port}"
    yield lambda path, **headers: httpx.get(f"{base}{path}", headers=headers, timeout=5)
    server.shutdown()
    server.server_close()


def test_it_lives_whether_it_gets_work_or_not(ask: Ask) -> None:
    assert ask("/health").json() == {"status": "ok"}


def test_it_is_ready_while_it_gets_work(ask: Ask, worker: Worker) -> None:
    assert ask("/ready").status_code == 503
    worker.consuming = True
    assert ask("/ready").json() == {"status": "ready"}


def test_metrics_are_for_this_machine_or_for_who_has_the_token(ask: Ask, token: str | None) -> None:
    assert ask("/metrics").status_code == (404 if token else 200)
    assert ask("/metrics", authorization="Bearer another").status_code == (404 if token else 200)
    assert b"bunri_tasks_total" in ask("/metrics", authorization="Bearer a token").content


def test_there_is_nothing_else(ask: Ask) -> None:
    assert ask("/").status_code == 404


def test_whoever_says_nothing_holds_nobody_up(ask: Ask) -> None:
    port = httpx.URL(str(ask("/health").url)).port
    with socket.create_connection(("127.0.0.1", port or 0)):
        assert ask("/health").status_code == 200


def test_the_workers_of_the_product_say_that_they_work(single: Platform) -> None:
    assert len(single.probes) == 2
    for base in single.probes:
        assert single.http.get(f"{base}/ready").status_code == 200
        assert 'bunri_tasks_total{outcome="done",task="heartbeat.' in single.http.get(f"{base}/metrics").text
