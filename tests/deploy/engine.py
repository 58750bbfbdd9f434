"""The engine of containers, and the images that are made with it."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
MACHINE: Final = Path(__file__).with_name("machine")
BASES: Final = {"BASE": "debian:13-slim", "WEB_BASE": "node:22-slim"}
MADE: Final = {"BASE": "bunri-test/base", "WEB_BASE": "bunri-test/web"}
STORES: Final = {name: f"bunri-test/{name}" for name in ("postgres", "valkey", "s3")}


class CommandFailed(AssertionError):
    """What it said is in the message."""


@dataclass
class Engine:
    """Docker's, at ``host``."""

    host: str | None

    @classmethod
    @contextmanager
    def running(cls) -> Iterator["Engine"]:
        """The one that answers; otherwise, as root, one of our own, which leaves no bridge and no rules behind."""
        found = cls(os.environ.get("DOCKER_HOST"))
        if found.answers():
            yield found
            return
        assert shutil.which("dockerd"), (
            "no engine of containers answers, and there is no dockerd: apt-get install docker.io"
        )
        assert os.geteuid() == 0, "no engine of containers answers, and only root can start one"
        data = Path(os.environ.get("BUNRI_DOCKER_DATA", "/var/tmp/bunri-docker"))
        data.mkdir(parents=True, exist_ok=True)
        own = cls(f"unix://{data}/docker.sock")
        command = ["dockerd", "--data-root", str(data / "data"), "--exec-root", str(data / "exec"), "-H", str(own.host)]
        with (data / "dockerd.log").open("wb") as log:
            process = subprocess.Popen([*command, "-p", str(data / "docker.pid")], stdout=log, stderr=log)
        try:
            for _ in range(300):
                if own.answers():
                    break
                assert process.poll() is None, (data / "dockerd.log").read_text()[-2000:]
                time.sleep(0.1)
            yield own
        finally:
            process.terminate()
            process.wait(60)
            _forget_networks()

    def answers(self) -> bool:
        return shutil.which("docker") is not None and self._run("docker", "info", check=False).returncode == 0

    def docker(self, *words: str, **more: Any) -> str:
        """What ``docker`` prints. Raises CommandFailed."""
        return self._run("docker", *words, **more).stdout.strip()

    def compose(self, *words: str, **more: Any) -> str:
        """The same of Compose, in which some engines have no part."""
        together = self._run("docker", "compose", "version", check=False).returncode == 0
        return self._run(*(("docker", "compose") if together else ("docker-compose",)), *words, **more).stdout.strip()

    def build(self, tag: str = "bunri:checked") -> str:
        """The image of this working tree, on the named bases or, where no registry has them, on made ones."""
        bases = BASES if all(self._has(name) for name in BASES.values()) else self._made_bases()
        arguments = [word for name, value in bases.items() for word in ("--build-arg", f"{name}={value}")]
        revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
        arguments += ["--build-arg", f"REVISION={revision.stdout.strip()}"]
        self.docker("build", "-q", "-f", "deploy/Containerfile", *arguments, "-t", tag, ".", timeout=1800)
        return tag

    def stores(self, image: str) -> dict[str, str]:
        """Variables for Compose: PostgreSQL, Valkey and the S3 server as named, or made from packages."""
        named = {"postgres": "postgres:18", "valkey": "valkey/valkey:9", "s3": "chrislusf/seaweedfs:latest"}
        if not all(self._has(name) for name in named.values()):
            self._run(str(MACHINE / "stores.sh"), image, timeout=900)
            named = STORES
        return {f"{name.upper()}_IMAGE": tag for name, tag in named.items()}

    def peak_mb(self, container: str) -> float:
        """The most memory that a container has had, its page cache among it, MiB."""
        number = self.docker("inspect", "-f", "{{.Id}}", container)
        for path in (
            Path(f"/sys/fs/cgroup/memory/docker/{number}/memory.max_usage_in_bytes"),
            *Path("/sys/fs/cgroup").glob(f"**/*{number}*/memory.peak"),
        ):
            if path.is_file():
                return int(path.read_text()) / 2**20
        raise AssertionError(f"no control group of {container} tells its memory")

    def _has(self, name: str) -> bool:
        here = self._run("docker", "image", "inspect", name, check=False).returncode == 0
        return here or self._run("docker", "pull", "-q", name, check=False, timeout=300).returncode == 0

    def _made_bases(self) -> dict[str, str]:
        self._run(str(MACHINE / "bases.sh"), timeout=900)
        return MADE

    def _run(
        self, *command: str, check: bool = True, timeout: float = 600, **env: str
    ) -> "subprocess.CompletedProcess[str]":
        scripts = str(ROOT / ".venv/bin")
        host = {"DOCKER_HOST": self.host} if self.host else {}
        known = {**os.environ, "PATH": f"{os.environ['PATH']}:{scripts}", "DOCKER_BUILDKIT": "1", **host, **env}
        done = subprocess.run(
            command, cwd=ROOT, env=known, capture_output=True, text=True, timeout=timeout, check=False
        )
        if check and done.returncode:
            raise CommandFailed(f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done

    def script(self, *command: str, **env: str) -> "subprocess.CompletedProcess[str]":
        """Runs a script of ours with this engine."""
        return self._run(*command, check=False, timeout=1200, **env)


OF_DOCKER: Final = ("DOCKER", "docker0", "172.17.0.0/16")


def _forget_networks() -> None:
    """dockerd leaves its bridge and its chains."""
    subprocess.run(["ip", "link", "delete", "docker0"], capture_output=True, check=False)
    for table in ("nat", "filter"):
        rules = subprocess.run(["iptables", "-t", table, "-S"], capture_output=True, text=True, check=False).stdout
        lines = rules.splitlines()
        for rule in (line for line in lines if line.startswith("-A") and any(name in line for name in OF_DOCKER)):
            subprocess.run(["iptables", "-t", table, "-D", *rule.split()[1:]], capture_output=True, check=False)
        for chain in (line.split()[1] for line in lines if line.startswith("-N DOCKER")):
            for action in ("-F", "-X"):
                subprocess.run(["iptables", "-t", table, action, chain], capture_output=True, check=False)
    subprocess.run(["iptables", "-P", "FORWARD", "ACCEPT"], capture_output=True, check=False)  # it was set to DROP
