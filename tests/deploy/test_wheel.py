"""The wheel alone, as ``pipx install`` takes it: without a checkout, without Node.js."""

import os
import re
import subprocess
import time
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.deploy.engine import ROOT
from tests.support import processes
from tests.support.platform import free_port

from bunri import __version__

DIST = ROOT / "dist"
START_WITHIN_S = 120


@pytest.fixture(scope="module")
def wheel() -> Path:
    """Made by ``make wheel``, on which ``make check-deploy PART=wheel`` depends."""
    [found] = DIST.glob("bunri-*.whl")
    return found


@pytest.fixture(scope="module")
def bunri(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that has nothing but the wheel and what is locked."""
    home = tmp_path_factory.mktemp("pipx")
    venv.create(home, with_pip=True)
    pip = [str(home / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True, timeout=900)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, timeout=300)
    return home / "bin/bunri"


@pytest.fixture(scope="module")
def url(bunri: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home, port = tmp_path_factory.mktemp("home"), free_port()
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "BUNRI_VISION__FETCH": "false", "LANG": "C.UTF-8"}
    command = [str(bunri), "up", "--data", str(home / "data"), "--port", str(port)]
    process = processes.start(command, env=environment, log=home / "log")
    try:
        found = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + START_WITHIN_S
        while not _is_ready(found):
            assert process.poll() is None, (home / "log").read_text()[-2000:]
            assert time.monotonic() < deadline, (home / "log").read_text()[-2000:]
            time.sleep(0.2)
        yield found
    finally:
        processes.stop(process)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_it_has_the_web_app_and_nothing_of_the_tests(wheel: Path) -> None:
    assert wheel.name.startswith(f"bunri-{__version__}-")
    with zipfile.ZipFile(wheel) as content:
        names = content.namelist()
    print(f"wheel: {wheel.stat().st_size / 1e6:.1f} MB")
    assert "bunri/edge/web/dist/index.html" in names
    assert not [name for name in names if re.match(r"(tests|bench|checks|web)/", name)]


def test_the_command_says_its_version(bunri: Path) -> None:
    said = subprocess.run([bunri, "--version"], capture_output=True, text=True, check=True, env={"PATH": os.defpath})
    assert said.stdout.strip() == __version__


def test_it_starts_everything_and_serves_the_pages(url: str) -> None:
    page = httpx.get(url, headers={"Accept": "text/html"}).text
    [script] = re.findall(r'src="(/assets/[^"]+\.js)"', page)[:1]
    assert httpx.get(url + script).headers["content-type"].startswith("text/javascript")
    guest = httpx.post(f"{url}/api/v1/auth/guest", json={"username": "초록이"}).json()
    found = httpx.get(
        f"{url}/api/v1/recycling/search",
        params={"q": "우유팩"},
        headers={"Authorization": f"Bearer {guest['access_token']}"},
    )
    assert found.status_code == 200, found.text
    assert "종이팩" in found.text
