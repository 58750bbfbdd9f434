"""What parts have used, read from trees of processes and from control groups of both versions."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from bench.capacity.parts import (
    API,
    BEAT,
    MACHINE,
    OTHER_WORKERS,
    POSTGRES,
    SUPERVISOR,
    VALKEY,
    WASTE_WORKER,
    Container,
    ContainerParts,
    ControlGroup,
    ProcessParts,
    Readings,
    containers,
    part_of,
    reading,
)

ID = "4f1d" * 16
OTHER_ID = "a0b3" * 16
BURNS = "end = __import__('time').process_time() + {}\nwhile __import__('time').process_time() < end: pass"


class TestPartOf:
    @pytest.mark.parametrize(
        ("command", "part"),
        [
            (["/v/bin/python", "-m", "bunri", "serve", "--target", "all"], API),
            (["/v/bin/python", "-m", "bunri", "work", "--queue", "waste"], WASTE_WORKER),
            (["/v/bin/python", "-m", "bunri", "work", "--queue", "default", "--queue", "learning"], OTHER_WORKERS),
            (["/v/bin/python", "-m", "bunri", "beat"], BEAT),
            (["/v/lib/postgres/bin/postgres", "-D", "/data"], POSTGRES),
            (["postgres: bunri_login bunri [local] idle"], POSTGRES),
            (["/v/lib/valkey/valkey-server", "*:0"], VALKEY),
            (["/v/bin/python", "-m", "bunri", "up"], None),
            (["/v/bin/python", "-c", "from multiprocessing import serve"], None),
            ([], None),
        ],
    )
    def test_by_its_command(self, command: list[str], part: str | None) -> None:
        assert part_of(command) == part


class TestProcessParts:
    def test_children_belong_to_whoever_started_them_also_when_they_have_ended(self) -> None:
        code = f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', {BURNS.format(0.3)!r}])\n"
        code += "print('ended', flush=True)\ntime.sleep(60)"
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
            try:
                assert process.stdout
                process.stdout.readline()
                parts = ProcessParts(psutil.Process(process.pid))
                assert parts.cpu()[SUPERVISOR] >= 0.3
                assert parts.memory()[SUPERVISOR] > 1
                assert parts.capacity() == {SUPERVISOR: 1.0}
            finally:
                process.kill()


def inspected(container: str, service: str, nano_cpus: int) -> dict[str, object]:
    labels = {"com.docker.compose.project": "bunri", "com.docker.compose.service": service}
    return {"Id": container, "Config": {"Labels": labels}, "HostConfig": {"NanoCpus": nano_cpus}}


class TestContainers:
    def test_processes_of_one_service_are_one_part(self) -> None:
        told = [inspected(ID, "auth-2", 750_000_000), inspected(OTHER_ID, "waste-worker", 0)]
        auth, worker = containers(json.dumps(told))
        assert auth == Container(ID, "auth", 0.75)
        assert auth.part == "auth"
        assert worker == Container(OTHER_ID, "waste-worker", None)
        assert worker.part == WASTE_WORKER


def second_version(root: Path, container: str, seconds: float) -> None:
    group = root / "system.slice" / f"docker-{container}.scope"
    group.mkdir(parents=True)
    (group / "cpu.stat").write_text(f"usage_usec {seconds * 1e6:.0f}\nuser_usec 1\nsystem_usec 2\nnr_throttled 0\n")
    (group / "memory.current").write_text(f"{300 * 2**20}\n")
    (group / "memory.stat").write_text(f"anon 1000\ninactive_file {100 * 2**20}\nactive_file 3\n")


def first_version(root: Path, container: str, seconds: float) -> None:
    cpu, memory = root / "cpuacct" / "docker" / container, root / "memory" / "docker" / container
    for folder in (cpu, memory):
        folder.mkdir(parents=True)
    (cpu / "cpuacct.usage").write_text(f"{seconds * 1e9:.0f}\n")
    (memory / "memory.usage_in_bytes").write_text(f"{300 * 2**20}\n")
    (memory / "memory.stat").write_text(f"cache 5\ninactive_file 7\ntotal_inactive_file {100 * 2**20}\n")


class TestControlGroup:
    @pytest.mark.parametrize("written", [first_version, second_version])
    def test_of_both_versions(self, tmp_path: Path, written: Callable[[Path, str, float], None]) -> None:
        written(tmp_path, ID, 12.5)
        group = ControlGroup.of(ID, tmp_path)
        assert group.cpu_seconds() == pytest.approx(12.5)
        assert group.memory_mb() == pytest.approx(200)

    def test_one_that_is_not_there_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError, match="no control group of 4f1d"):
            ControlGroup.of(ID, tmp_path)

    def test_containers_of_a_part_are_added_up(self, tmp_path: Path) -> None:
        first_version(tmp_path, ID, 2.0)
        first_version(tmp_path, OTHER_ID, 3.0)
        parts = ContainerParts([Container(ID, "auth", 0.75), Container(OTHER_ID, "auth", 0.75)], tmp_path)
        assert parts.cpu() == {"auth": pytest.approx(5)}
        assert parts.memory() == {"auth": pytest.approx(400)}
        assert parts.capacity() == {"auth": 1.5}


class TestReadings:
    def test_between_two_readings_it_is_taken_to_be_even(self) -> None:
        readings = Readings()
        readings.add(10.0, {"API": 1.0})
        readings.add(12.0, {"API": 3.0, "new": 1.0})
        readings.add(14.0, {"API": 3.0, "new": 1.0})
        assert readings.cores(10.0, 14.0) == {"API": pytest.approx(0.5), "new": pytest.approx(0.25)}
        assert readings.cores(11.0, 12.0)["API"] == pytest.approx(1.0)
        assert readings.cores(12.0, 13.0)["API"] == 0

    def test_of_another_time_nothing_is_known(self) -> None:
        readings = Readings()
        readings.add(10.0, {"API": 1.0})
        with pytest.raises(ValueError, match="nothing was read"):
            readings.cores(10.0, 11.0)

    def test_a_busy_process_is_seen_while_the_block_lasts(self) -> None:
        with subprocess.Popen([sys.executable, "-c", BURNS.format(60)]) as process:
            try:
                with reading(ProcessParts(psutil.Process(process.pid))) as readings:
                    began = time.monotonic()
                    time.sleep(1)
                    ended = time.monotonic()
                used = readings.cores(began, ended)
                assert used[SUPERVISOR] > 0
                assert used[MACHINE] > 0
            finally:
                process.kill()
