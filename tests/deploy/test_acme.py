"""A certificate by ACME, as docs/operations/install.md has it: certbot with ``deploy/scripts/install-cert.sh`` against
Pebble, and the Nginx of ``prod.yaml``, as its user."""

import json
import os
import shlex
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from cryptography import x509
from tests.support import processes
from tests.support.nginx import program
from tests.support.platform import free_port

from bunri.app.gateway.nginx import Gateway, whole
from bunri.app.gateway.table import table
from bunri.app.settings import Settings

ROOT: Final = Path(__file__).parents[2]
SCRIPT: Final = ROOT / "deploy/scripts/install-cert.sh"
DOMAIN: Final = "bunri.example"
PROD: Final[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/compose/prod.yaml").read_text("utf-8"))["services"][
    "nginx"
]
USER: Final = 10001

# The engine that runs Nginx: it knows one container, and how to send its process a signal.
DOCKER: Final = """\
#!/bin/sh
case "$*" in
"ps --quiet --filter label="*.project=bunri" --filter label="*.service=nginx) echo nginx ;;
"kill --signal HUP nginx") kill -HUP "$(cat {folder}/nginx/nginx.pid)" ;;
*) echo "docker $*" >&2; exit 9 ;;
esac
"""


@dataclass
class Site:
    """``folder`` has the host's folders: tls, acme, letsencrypt."""

    folder: Path
    port: int
    tls_port: int
    directory: str
    """Of the ACME server."""
    running: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start(self, *, challenges: bool = True) -> None:
        """Nginx as ``bunri gateway run`` has it with the variables of prod.yaml, whose folders are here."""
        mounted = {
            each["target"]: self.folder / name for each, name in zip(PROD["volumes"], ("tls", "acme"), strict=True)
        }
        told = dict(PROD["environment"])
        for target, here in mounted.items():
            told = {name: value.replace(target, str(here)) for name, value in told.items()}
        gateway = Gateway(
            to={"all": ("127.0.0.1:9",)},
            listen=f"127.0.0.1:{self.port}",
            listen_tls=f"127.0.0.1:{self.tls_port}",
            certificate=told["GATEWAY_CERTIFICATE"],
            key=told["GATEWAY_KEY"],
            acme=told["GATEWAY_ACME"] if challenges else None,
            cache=None,
        )
        nginx = self.folder / "nginx"
        (nginx / "nginx.conf").write_text(whole(table(Settings()), gateway, str(nginx)))
        command = [program(), "-p", str(nginx), "-e", str(nginx / "error.log"), "-c", str(nginx / "nginx.conf")]
        who = ["setpriv", "--reuid", str(USER), "--regid", str(USER), "--clear-groups"] if os.geteuid() == 0 else []
        self.running.append(processes.start([*who, *command], log=nginx / "log"))
        _await(self.tls_port, nginx / "log")

    def stop(self) -> None:
        processes.stop(*self.running)
        self.running.clear()

    def certbot(self, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
        own = [f"--{kind}-dir={self.folder}/letsencrypt/{kind}" for kind in ("config", "work", "logs")]
        known = {**self.environment, "REQUESTS_CA_BUNDLE": f"{self.folder}/acme.crt", **env}
        command = ["certbot", *words, *own, "--non-interactive", "--no-random-sleep-on-renew"]
        if words[0] == "certonly":
            command += ["--server", self.directory, "--agree-tos", "--email", f"operator@{DOMAIN}"]
        return subprocess.run(command, env=known, capture_output=True, text=True, timeout=300, check=False)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}:/usr/sbin"}

    @property
    def hook(self) -> str:
        variables = {
            "CERTIFICATES": f"{self.folder}/tls",
            "CHECK": f"127.0.0.1:{self.tls_port}",
            "GROUP": str(USER if os.geteuid() == 0 else os.getgid()),
        }
        return f"env {shlex.join(f'{name}={value}' for name, value in variables.items())} {SCRIPT}"

    def install(self, lineage: Path, **env: str) -> "subprocess.CompletedProcess[str]":
        """The hook, as certbot runs it."""
        known = {**self.environment, "RENEWED_LINEAGE": str(lineage), **env}
        return subprocess.run(
            ["sh", "-c", self.hook], env=known, capture_output=True, text=True, timeout=100, check=False
        )

    def issue(self) -> "subprocess.CompletedProcess[str]":
        where = ["--webroot", "--webroot-path", f"{self.folder}/acme", "--domain", DOMAIN]
        return self.certbot("certonly", *where, "--deploy-hook", self.hook)

    @property
    def lineage(self) -> Path:
        return self.folder / "letsencrypt/config/live" / DOMAIN

    def served(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(ssl.get_server_certificate(("127.0.0.1", self.tls_port)).encode())

    def issued(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.lineage / "cert.pem").read_bytes())


def _await(port: int, log: Path) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


def self_signed(folder: Path, name: str = DOMAIN) -> None:
    """The command of install.md for the first one."""
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN={name} -addext subjectAltName=DNS:{name}"
    subprocess.run([*shlex.split(command), *files], capture_output=True, check=True)


@contextmanager
def acme_server(folder: Path, port: int) -> Iterator[str]:
    """Pebble, which asks ``port`` of this machine for its challenges, and takes every name for this machine's; gives
    its directory. ``acme.crt`` in ``folder`` is what certbot has to trust."""
    listening, management, names, control = (free_port() for _ in range(4))
    files = ["-keyout", str(folder / "acme.key"), "-out", str(folder / "acme.crt")]
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN=pebble -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*shlex.split(command), *files], capture_output=True, check=True)
    pebble = {
        "listenAddress": f"127.0.0.1:{listening}",
        "managementListenAddress": f"127.0.0.1:{management}",
        "certificate": str(folder / "acme.crt"),
        "privateKey": str(folder / "acme.key"),
        "httpPort": port,
        "tlsPort": free_port(),
    }
    (folder / "pebble.json").write_text(json.dumps({"pebble": pebble}))
    resolver = f"pebble-challtestsrv -dns01 127.0.0.1:{names} -management 127.0.0.1:{control} -defaultIPv4 127.0.0.1"
    nothing_else = ["-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", ""]
    started = [
        processes.start([*shlex.split(resolver), *nothing_else], log=folder / "names.log"),
        processes.start(
            ["pebble", "-strict", "-config", str(folder / "pebble.json"), "-dnsserver", f"127.0.0.1:{names}"],
            env={**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_AUTHZREUSE": "0"},
            log=folder / "pebble.log",
        ),
    ]
    try:
        _await(listening, folder / "pebble.log")
        yield f"https://127.0.0.1:{listening}/dir"
    finally:
        processes.stop(*started)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A host with the first certificate, its own, and Nginx; nothing is issued yet."""
    folder = Path(tempfile.mkdtemp(prefix="bunri-acme-", dir="/tmp"))
    folder.chmod(0o755)  # Nginx is somebody else
    for name in ("tls", "acme", "nginx", "bin"):
        (folder / name).mkdir()
    self_signed(folder / "tls")
    (folder / "nginx/log").touch()
    if os.geteuid() == 0:
        for path in (folder / "nginx", folder / "nginx/log"):
            shutil.chown(path, USER, USER)
        for file in (folder / "tls").iterdir():
            shutil.chown(file, group=USER)
            file.chmod(0o640)
    (folder / "bin/docker").write_text(DOCKER.format(folder=folder))
    (folder / "bin/docker").chmod(0o755)
    port = free_port()
    with acme_server(folder, port) as directory:
        made = Site(folder, port, free_port(), directory)
        try:
            made.start()
            yield made
        finally:
            made.stop()
            shutil.rmtree(folder)


class TestCertificate:
    """In this order: a certificate is issued, renewed, and not renewed."""

    def test_it_is_issued_and_served(self, site: Site) -> None:
        assert site.served().issuer == site.served().subject, "the first one is the host's own"
        done = site.issue()
        assert done.returncode == 0, done.stdout + done.stderr
        assert site.served().serial_number == site.issued().serial_number
        assert "Pebble" in site.served().issuer.rfc4514_string()
        key = site.folder / "tls/privkey.pem"
        assert key.stat().st_mode & 0o007 == 0, "the key is for Nginx's group alone"

    def test_a_renewed_one_is_served(self, site: Site) -> None:
        before = site.served().serial_number
        done = site.certbot("renew", "--force-renewal")  # pebble's last five years, so none is due
        assert done.returncode == 0, done.stdout + done.stderr
        assert site.served().serial_number == site.issued().serial_number
        assert site.served().serial_number != before

    def test_where_the_challenge_is_not_reached_the_old_one_stays_and_cron_has_something_to_mail(
        self, site: Site
    ) -> None:
        before = site.served().serial_number
        site.stop()
        site.start(challenges=False)
        try:
            done = site.certbot("renew", "--force-renewal", "--quiet")
        finally:
            site.stop()
            site.start()
        assert done.returncode == 1
        assert f"Failed to renew certificate {DOMAIN}" in done.stderr
        assert site.served().serial_number == before == site.issued().serial_number


class TestHook:
    """``install-cert.sh`` where something is wrong: what is served stays."""

    @staticmethod
    def offered(tmp_path: Path) -> Path:
        self_signed(tmp_path, "new.example")
        return tmp_path

    def test_a_key_of_another_certificate_is_refused(self, site: Site, tmp_path: Path) -> None:
        before = site.served().serial_number
        offered = self.offered(tmp_path)
        shutil.copy(site.folder / "acme.key", offered / "privkey.pem")
        done = site.install(offered)
        assert done.returncode == 1
        assert "is not the certificate's" in done.stderr
        assert site.served().serial_number == before

    @pytest.mark.parametrize("reload", ["false", "true"], ids=["a reload that fails", "a reload that does nothing"])
    def test_what_is_not_served_goes_back(self, site: Site, tmp_path: Path, reload: str) -> None:
        before = (site.folder / "tls/fullchain.pem").read_bytes()
        done = site.install(self.offered(tmp_path), RELOAD=reload, TRIES="3")
        assert done.returncode == 1
        assert "the one of before is back" in done.stderr
        assert (site.folder / "tls/fullchain.pem").read_bytes() == before

    def test_without_an_engine_it_goes_back_too(self, site: Site, tmp_path: Path) -> None:
        before = site.served().serial_number
        engine = site.folder / "bin/docker"
        kept = engine.read_text()
        engine.write_text("#!/bin/sh\nexit 1\n")
        try:
            assert site.install(self.offered(tmp_path), TRIES="3").returncode == 1
        finally:
            engine.write_text(kept)
        assert site.served().serial_number == before
