"""``deploy/scripts/deploy.sh``, and the roll.sh that it ships: the host is a folder here, its engine a script."""

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
SCRIPT: Final = ROOT / "deploy/scripts/deploy.sh"

BEFORE: Final = f"# of the version before\n{(ROOT / 'deploy/compose/small.yaml').read_text('utf-8')}"

SSH: Final = '#!/bin/sh\nshift\nexec sh -c "$*"\n'  # whom it reaches is the first word
# Compose's own reading is the real one. Whatever is started is written down, as what runs now.
DOCKER: Final = """\
#!/bin/sh
case "$*" in
"compose version" | "image inspect "* | "pull "*) ;;
*" deploy check "*) echo check >>{log}; case "$*" in *refused:*) exit 1 ;; esac ;;
*" config --services") shift; exec {compose} "$@" ;;
*" run "*migrate) echo "migrate $BUNRI_IMAGE" >>{log} ;;
*" up "*) for service; do :; done; echo "$service $BUNRI_IMAGE" >>{log}; echo "$BUNRI_IMAGE" >{running} ;;
*) echo "docker $*" >&2; exit 9 ;;
esac
"""


@dataclass
class Host:
    """``folder`` is the host's; the site is well while ``well`` says so of the image that runs."""

    folder: Path
    tools: Path
    url: str

    def deploy(self, image: str) -> "subprocess.CompletedProcess[str]":
        env = {
            **os.environ,
            "PATH": f"{self.tools}:{os.environ['PATH']}",
            "SSH": str(self.tools / "ssh"),
            "HOST": "somebody@bunri.example",
            "HEALTH": self.url,
            "FOLDER": str(self.folder),
            "TRIES": "2",
            "EVERY": "0.01",
        }
        command = [str(SCRIPT), image, "small.yaml"]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=100, check=False)

    @property
    def log(self) -> list[str]:
        return (self.tools / "log").read_text("utf-8").splitlines()

    @property
    def image(self) -> str:
        (line,) = (each for each in (self.folder / ".env").read_text().splitlines() if each.startswith("BUNRI_IMAGE="))
        return line.partition("=")[2]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    folder, tools = tmp_path / "host", tmp_path / "tools"
    (folder / "secrets").mkdir(parents=True)
    (folder / ".env").write_text("BUNRI_PUBLIC_URL=https://bunri.example\nBUNRI_IMAGE=bunri:1\n")
    (folder / "small.yaml").write_text(BEFORE)
    tools.mkdir()
    compose = ROOT / ".venv/bin/docker-compose"
    scripts = {"ssh": SSH, "docker": DOCKER.format(log=tools / "log", running=tools / "running", compose=compose)}
    for name, text in scripts.items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            well = "broken" not in (tools / "running").read_text()
            self.send_response(200 if well else 503)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Host(folder, tools, f"http://127.0.0.1:{server.server_address[1]}/ready")
        server.shutdown()
        thread.join()


def test_what_is_well_stays(host: Host) -> None:
    done = host.deploy("bunri:2")
    assert done.returncode == 0, done.stderr
    assert host.image == "bunri:2"
    assert host.log[:4] == ["check", "check", "migrate bunri:2", "app bunri:2"]
    assert (host.folder / "small.yaml").read_text() == (ROOT / "deploy/compose/small.yaml").read_text()


def test_what_is_not_well_from_outside_goes_back(host: Host) -> None:
    done = host.deploy("broken:2")
    assert done.returncode == 1
    assert host.image == "bunri:1"
    assert [line for line in host.log if line.startswith("app ")] == ["app broken:2", "app bunri:1"]
    assert (host.folder / "small.yaml").read_text() == BEFORE


def test_settings_that_the_new_image_refuses_change_nothing(host: Host) -> None:
    assert host.deploy("refused:2").returncode == 1
    assert host.log == ["check"]
    assert host.image == "bunri:1"
    assert (host.folder / "small.yaml").read_text() == BEFORE


def test_words_for_a_shell_are_no_image(host: Host) -> None:
    assert host.deploy("bunri:2; touch stolen").returncode == 2
    assert not (host.tools / "log").exists()
