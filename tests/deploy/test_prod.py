"""``prod.yaml`` over an installation, as strangers reach it: TLS, where plain HTTP leads, a renewed certificate."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.deploy.engine import ROOT, Engine
from tests.deploy.stack import Stack, plan, running, sends_a_photo
from tests.support.platform import free_port
from tests.support.smtp import self_signed

GROUP = 10001
"""Who may read the key: the gateway."""
CHALLENGE = ".well-known/acme-challenge/a-token"


@pytest.fixture(scope="module")
def site(engine: Engine, image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder, port = tmp_path_factory.mktemp("prod"), free_port()
    stack = plan(engine, image, "small", folder / "site", f"https://localhost:{port}")
    (folder / "tls").mkdir()
    _issue(folder / "tls")
    _make_readable(folder / "tls")
    challenge = folder / "acme" / CHALLENGE
    challenge.parent.mkdir(parents=True)
    challenge.write_text("a-token.and-its-thumbprint")
    stack.variables |= {
        "HTTP_PORT": str(free_port()),
        "HTTPS_PORT": str(port),
        "CERTIFICATES": f"{folder}/tls",
        "CHALLENGES": f"{folder}/acme",
    }
    stack.overlays = ("prod",)
    stack.trusted = ssl.create_default_context(cafile=f"{folder}/tls/fullchain.pem")
    with running(stack) as site:
        yield site


def _issue(folder: Path) -> None:
    """A certificate of our own for localhost, under the names that certbot gives."""
    made = self_signed(folder)
    made.file.rename(folder / "fullchain.pem")
    (folder / "key.pem").rename(folder / "privkey.pem")


def _make_readable(folder: Path) -> None:
    for file in folder.iterdir():
        shutil.chown(file, group=GROUP)
        file.chmod(0o640)


def plain(site: Stack, path: str) -> httpx.Response:
    return httpx.get(f"http://localhost:{site.variables['HTTP_PORT']}{path}")


def served(site: Stack) -> str:
    port = int(site.variables["HTTPS_PORT"])
    return ssl.get_server_certificate(("localhost", port)).strip()


def test_a_photo_becomes_an_answer(site: Stack) -> None:
    sends_a_photo(site)


def test_a_browser_is_told_to_stay_with_tls(site: Stack) -> None:
    said = site.platform.http.get(f"{site.url}/")
    assert said.status_code == 200
    assert "max-age=" in said.headers["strict-transport-security"]
    opened = site.platform.http.get(f"{site.url}/socket.io/", params={"EIO": "4", "transport": "polling"})
    assert opened.text.startswith('0{"sid"')


def test_plain_http_leads_to_it(site: Stack) -> None:
    led = plain(site, "/items/battery?lang=en")
    assert led.status_code in (301, 308)
    assert led.headers["location"].startswith("https://localhost")
    assert led.headers["location"].endswith("/items/battery?lang=en")
    assert "strict-transport-security" not in led.headers


def test_the_challenges_of_a_certificate_are_answered_by_plain_http(site: Stack) -> None:
    assert plain(site, f"/{CHALLENGE}").text == "a-token.and-its-thumbprint"
    assert plain(site, f"/{CHALLENGE}-of-another").status_code == 404


def test_a_version_of_tls_that_is_no_longer_safe_is_refused(site: Stack) -> None:
    where = ["-connect", f"localhost:{site.variables['HTTPS_PORT']}"]
    offered = ["openssl", "s_client", *where, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]
    asked = subprocess.run(offered, input="", capture_output=True, text=True, check=False)
    assert asked.returncode != 0
    assert "alert protocol version" in asked.stderr


def test_a_renewed_certificate_is_served_without_a_restart(site: Stack, tmp_path: Path) -> None:
    _issue(tmp_path)
    before, nginx = served(site), site.container("nginx")
    environment = {
        "CERTIFICATES": site.variables["CERTIFICATES"],
        "RENEWED_LINEAGE": str(tmp_path),
        "CHECK": f"localhost:{site.variables['HTTPS_PORT']}",
    }
    put = site.engine.script(str(ROOT / "deploy/scripts/install-cert.sh"), **environment)
    assert put.returncode == 0, put.stderr
    assert served(site) == (tmp_path / "fullchain.pem").read_text().strip() != before
    assert site.container("nginx") == nginx
    assert Path(site.variables["CERTIFICATES"], "privkey.pem").stat().st_gid == GROUP
