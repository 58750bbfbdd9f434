"""``bunri doctor`` as an operator calls it, on real servers of which something is wrong. What is wrong with settings,
machines, servers, backups and the outside by themselves is in ``tests/app/doctor``."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import ValidationError
from redis import Redis
from tests.conftest import OwnSettings
from tests.support.operating import execute, leave_heartbeats
from tests.support.platform import free_port
from tests.support.smtp import self_signed
from typer.testing import CliRunner, Result

from bunri import __version__
from bunri.app.doctor import machine
from bunri.app.doctor.examination import Examination
from bunri.app.module import Module
from bunri.app.modules import recycling
from bunri.app.registry import MODULES, Registry
from bunri.app.settings import Settings
from bunri.cli import doctor as command
from bunri.cli.connection import Connection
from bunri.kit.ids import new_id
from bunri.platform.telemetry.exposition import SHARED_IN, shared_counts
from bunri.platform.vision.remote import ollama
from bunri.platform.vision.settings import VisionSettings

DOCTOR = typer.Typer()
DOCTOR.command()(command.doctor)

USUAL = {"backups_not_planned", "public_url_missing"}
"""Of the settings of tests: no backups are planned, and nobody is told where people come to."""


@pytest.fixture(scope="module")
def own(own_settings: OwnSettings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Servers that nobody else uses, no process of bunri, and a detector."""
    models = tmp_path_factory.mktemp("models")
    (models / "mine.onnx").touch()

    async def make() -> Settings:
        return await own_settings(vision=VisionSettings(models_dir=models, detector="mine", fetch=False))

    return asyncio.run(make())


@pytest.fixture(autouse=True)
def a_good_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever machine the tests run on: what is wrong with it is not looked for here."""
    monkeypatch.setattr(machine, "machine_findings", lambda *_, **__: [])
    monkeypatch.setattr(ollama, "URL", f"http://127.0.0.1:{free_port()}")
    for name in [name for name in os.environ if name.startswith("BUNRI_")]:
        monkeypatch.delenv(name)


def run(settings: Settings, *words: object) -> Result:
    connection = Connection()
    connection.given = settings
    return CliRunner().invoke(DOCTOR, [*map(str, words), "--lang", "en"], obj=connection)


def findings(settings: Settings) -> dict[str, dict[str, Any]]:
    """By kind, without the usual ones."""
    done = run(settings, "--json")
    told = json.loads(done.stdout.splitlines()[-1])  # lines of the log come before
    assert done.exit_code == (0 if told["works"] else 1)
    assert told["works"] == (not any(it["severe"] for it in told["findings"]))
    return {it["kind"]: it for it in told["findings"] if it["kind"] not in USUAL}


@pytest.fixture
def broker(own: Settings) -> Iterator[Redis]:
    opened = Redis.from_url(own.cache_address("broker"))
    yield opened
    opened.delete("learning")
    opened.close()


def test_where_nothing_is_wrong_it_says_so(own: Settings) -> None:
    asyncio.run(leave_heartbeats(own))
    assert findings(own) == {}


def test_where_nothing_runs_it_looks_at_what_is_there(tmp_path: Path) -> None:
    nowhere = Settings(data=tmp_path / "none")
    done = run(nowhere)
    assert done.exit_code == 0, done.output
    assert f"! bunri does not run on {nowhere.data}" in done.stdout
    assert not nowhere.data.exists()


def test_settings_that_are_refused_are_told_and_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUNRI_WASTE__MAX_PHOTO_MB", "big")
    monkeypatch.setenv("BUNRI_WASTE__MAX_FOTO_MB", "3")
    monkeypatch.setenv("BUNRI_PEERS", "{}")
    with pytest.raises(ValidationError):
        Settings()
    done = CliRunner().invoke(DOCTOR, ["--lang", "en"], obj=Connection())
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith("✗ It would not start with these settings. waste.max_photo_mb:")
    assert lines[1].startswith("✗ There is no setting BUNRI_WASTE__MAX_FOTO_MB.")
    assert lines[2].startswith("! BUNRI_PEERS is called BUNRI_REMOTE_TARGETS now.")
    assert lines[3:] == []


def test_a_port_that_is_taken_is_told_before_the_start(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(Settings(data=tmp_path), "--port", taken.getsockname()[1])
    assert done.exit_code == 1
    assert "✗ Nothing can listen at 127.0.0.1" in done.stdout


def test_certificates_that_are_named_are_looked_at(tmp_path: Path) -> None:
    file = self_signed(tmp_path).file
    assert f"✗ The certificate of {file} ends in 0 days" in run(Settings(data=tmp_path), "--certificate", file).stdout


class TestWork:
    def test_nobody_works(self, own: Settings) -> None:
        Redis.from_url(own.cache_address("common")).flushdb()
        assert set(findings(own)) == {"api_unheard", "queues_all_silent"}

    def test_nobody_works_on_one_queue(self, own: Settings) -> None:
        asyncio.run(leave_heartbeats(own, but="learning"))
        found = findings(own)
        assert set(found) == {"queue_silent"}
        assert found["queue_silent"]["sentence"].endswith("bunri work --queue learning")

    def test_another_version_runs_beside_this_one(self, own: Settings) -> None:
        asyncio.run(leave_heartbeats(own))
        common = Redis.from_url(own.cache_address("common"))
        common.set("heartbeat:waste", json.dumps({"degraded": "no detector", "version": "0.0.9"}), ex=45)
        found = findings(own)
        assert set(found) == {"versions_differ", "part_degraded"}
        assert found["versions_differ"]["data"]["versions"] == "0.0.9"
        assert "no detector" in found["part_degraded"]["sentence"]

    def test_messages_wait(self, own: Settings, broker: Redis) -> None:
        asyncio.run(leave_heartbeats(own))
        broker.lpush("learning", json.dumps({"headers": {"sent_at": time.time() - 600}}))
        found = findings(own)
        assert set(found) == {"queue_behind"}
        assert found["queue_behind"]["data"] == {"queue": "learning", "waiting": "1", "minutes": "10"}

    def test_tasks_broke(self, own: Settings) -> None:
        asyncio.run(leave_heartbeats(own))
        code = "from bunri.platform.queue.metrics import TASKS; TASKS.labels('waste.see', 'failed').inc(3)"
        with shared_counts(own.data) as counting:
            assert counting[SHARED_IN]
            subprocess.run([sys.executable, "-c", code], env=os.environ | counting, check=True)
            found = findings(own)
        assert set(found) == {"tasks_failed"}
        assert found["tasks_failed"]["data"] == {"queue": "waste", "failed": "3"}

    def test_events_that_nobody_sends(self, own: Settings) -> None:
        asyncio.run(leave_heartbeats(own))
        values = f"'{new_id()}', 'nothing', '{{}}', now() - interval '5 minutes'"
        asyncio.run(
            execute(own, "waste", f"insert into waste.outbox (id, topic, payload, created_at) values ({values})")
        )
        try:
            assert set(findings(own)) == {"outbox_stuck"}
        finally:
            asyncio.run(execute(own, "waste", "delete from waste.outbox"))

    def test_mails_that_were_given_up(self, own: Settings) -> None:
        asyncio.run(leave_heartbeats(own))
        columns = "id, template, recipient, language, data, state, attempts, next_attempt_at, last_error, created_at"
        values = f"'{new_id()}', 'x', 'a@b.example', 'ko', '{{}}', 'dead', 9, now(), '550 no', now()"
        asyncio.run(execute(own, "auth", f"insert into auth.mails ({columns}) values ({values})"))
        try:
            assert findings(own)["mails_given_up"]["data"] == {"count": "1"}
        finally:
            asyncio.run(execute(own, "auth", "delete from auth.mails"))

    def test_the_detector_is_not_here_which_is_told_once(self, own: Settings) -> None:
        asyncio.run(leave_heartbeats(own))
        common = Redis.from_url(own.cache_address("common"))
        common.set("heartbeat:waste", json.dumps({"degraded": "no detector", "version": __version__}), ex=45)
        vision = VisionSettings(models_dir=None, fetch=False)
        assert set(findings(own.model_copy(update={"vision": vision}))) == {"detector_missing"}


class TestParts:
    def test_files_cannot_be_kept(self, own: Settings, tmp_path: Path) -> None:
        asyncio.run(leave_heartbeats(own))
        (tmp_path / "objects").touch()
        assert set(findings(own.model_copy(update={"data": tmp_path}))) == {"files_away"}

    def test_a_store_that_is_away_or_hangs(self, own: Settings) -> None:
        asyncio.run(leave_heartbeats(own))
        with socket.socket() as hanging:
            hanging.bind(("127.0.0.1", 0))
            hanging.listen()
            for port in (free_port(), hanging.getsockname()[1]):
                url = f"s3://key:secret@127.0.0.1:{port}/bucket?tls=false"
                found = findings(own.model_copy(update={"storage_url": url}))
                assert "not answering" in found["files_away"]["sentence"]

    def test_another_secret_than_the_database_was_made_with(self, own: Settings) -> None:
        asyncio.run(leave_heartbeats(own))
        other = own.model_validate({**own.model_dump(), "secret": "another secret, and long enough for that"})
        found = findings(other)
        assert {"database_role_refused"} <= set(found) <= {"database_role_refused", "files_away"}
        assert "waste" in found["database_role_refused"]["data"]["schemas"]

    def test_servers_that_are_away_are_told_once(self, own: Settings) -> None:
        asyncio.run(leave_heartbeats(own))
        away = {"database_url": f"postgresql://x@127.0.0.1:{free_port()}/x"}
        assert set(findings(own.model_copy(update=away))) == {"database_away"}
        away = {"valkey_url": f"redis://127.0.0.1:{free_port()}"}
        assert set(findings(own.model_copy(update=away))) == {"valkey_away"}

    def test_a_part_that_only_its_module_knows(self, own: Settings) -> None:
        async def break_down() -> None:
            raise ValueError("broken")

        asyncio.run(leave_heartbeats(own))
        broken: Module = replace(recycling.MODULE, readiness=lambda *_: {"rules": break_down})
        registry = Registry([broken if module.name == "recycling" else module for module in MODULES])
        examined = Examination(given=lambda: own, running=lambda: own, registry=registry, lang="en", environment={})
        assert {it.kind for it in examined.findings()} - USUAL == {"part_failing"}
