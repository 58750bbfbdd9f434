"""What a host made by Terraform is started with: its cloud-init, and the scripts that this puts there."""

import base64
import gzip
import json
import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.deploy.terraform.balancer import LoadBalancer
from tests.deploy.terraform.tool import DEPLOY, TOOLS, Terraform

ROOT: Final = Path(__file__).parents[2]

# The command that is for the image is run by this environment's bunri, and Compose reads instead of starting.
DOCKER: Final = """\
#!/bin/sh
echo "$@" >>{log}
case $1 in
run) while [ "$1" != deploy ]; do shift; done; exec {scripts}/bunri $(echo "$@" | sed "s|/work|$PWD|g") ;;
compose) shift; exec {scripts}/docker-compose $(echo "$@" | sed 's/up -d --wait$/config --quiet/') ;;
esac
"""


@dataclass(frozen=True)
class Host:
    """``files`` by their paths on the host; ``cloud_init`` as it is read there."""

    cloud_init: dict[str, Any]
    files: dict[str, str]

    def put(self, folder: Path) -> dict[str, str]:
        """Writes the files of /srv/bunri into ``folder``, and gives the variables that systemd starts its unit with."""
        for path, text in self.files.items():
            if path.startswith("/srv/bunri/"):
                file = folder / Path(path).name
                file.write_text(text, "utf-8")
                file.chmod(0o755)
        lines = self.files["/srv/bunri/host.env"].splitlines()
        return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}


def started_with(terraform: Terraform, module: str) -> Host:
    """What the output cloud_init says in the module's own test run."""
    said = terraform.said(module, "test", "-no-color", "-json", "-verbose", "-filter=tests/host.tftest.hcl")
    states = [line["test_state"] for line in map(json.loads, said.splitlines()) if "test_state" in line]
    text = states[0]["outputs"]["cloud_init"]["value"]
    assert text.startswith("#cloud-config\n")
    told = dict(yaml.safe_load(text))
    written = {
        each["path"]: gzip.decompress(base64.b64decode(each["content"])).decode() for each in told["write_files"]
    }
    return Host(told, written)


@pytest.mark.parametrize("module", ["aws", "oci"])
def test_its_scripts_and_units_are_there(terraform: Terraform, module: str) -> None:
    host = started_with(terraform, module)
    assert {"docker.io", "docker-compose-v2"} <= set(host.cloud_init["packages"])
    for path, text in host.files.items():
        if path.endswith(".sh"):
            subprocess.run(["sh", "-n"], input=text, text=True, check=True)
        if path.endswith(".service"):
            command = text.partition("ExecStart=")[2].splitlines()[0]
            assert command in host.files, f"{path} starts {command}, which nobody puts there"
    for command in host.cloud_init["runcmd"]:
        if command[0].startswith("/srv/"):
            assert command[0] in host.files


@pytest.mark.parametrize("module", ["aws", "oci"])
def test_it_starts_the_stack(terraform: Terraform, module: str, tmp_path: Path) -> None:
    variables = started_with(terraform, module).put(tmp_path)
    tools, log = tmp_path / "tools", tmp_path / "log"
    tools.mkdir()
    docker = tools / "docker"
    docker.write_text(DOCKER.format(log=log, scripts=ROOT / ".venv/bin"))
    docker.chmod(0o755)
    env = {**os.environ, **variables, "PATH": f"{tools}:{os.environ['PATH']}"}
    start = [str(tmp_path / "start.sh")]
    done = subprocess.run(start, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    written = (tmp_path / ".env").read_text("utf-8")
    assert "BUNRI_PUBLIC_URL=https://bunri.example\n" in written
    assert written.count("BUNRI_IMAGE=") == 1
    assert f"GATEWAY_TRUSTED_PROXIES={variables['TRUSTED_PROXIES']}\n" in written
    stacks = [f"-f {file}" for file in variables["STACK"].split()]
    assert log.read_text("utf-8").splitlines()[-1] == f"compose {' '.join(stacks)} --env-file .env up -d --wait"

    (tmp_path / ".env").write_text(written.replace(variables["IMAGE"], "rolled:1"), "utf-8")  # as roll.sh does
    subprocess.run(start, env=env, capture_output=True, timeout=120, check=True)
    assert "BUNRI_IMAGE=rolled:1\n" in (tmp_path / ".env").read_text("utf-8")


class TestCertificate:
    """By Oracle's own command line, against a load balancer that is played here."""

    @staticmethod
    def _key(folder: Path) -> None:
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN=bunri.example"
        files = ["-keyout", "privkey.pem", "-out", "cert.pem"]
        subprocess.run([*shlex.split(command), *files], cwd=folder, capture_output=True, check=True)
        (folder / "fullchain.pem").write_text((folder / "cert.pem").read_text())

    def _put(self, folder: Path, balancer: LoadBalancer) -> "subprocess.CompletedProcess[str]":
        config = folder / "config"
        config.write_text(
            "[DEFAULT]\nuser=ocid1.user.oc1..one\ntenancy=ocid1.tenancy.oc1..one\nregion=ap-chuncheon-1\n"
            f"fingerprint={':'.join(['aa'] * 16)}\nkey_file={folder}/privkey.pem\n"
        )
        config.chmod(0o600)
        env = {
            **os.environ,
            "OCI": f"{TOOLS}/oci --config-file {config} --endpoint {balancer.url}",
            "SUPPRESS_LABEL_WARNING": "True",
            "LOAD_BALANCER": "ocid1.loadbalancer.oc1..one",
            "RENEWED_LINEAGE": str(folder),
            "PATIENCE": "3",
        }
        script = str(DEPLOY / "scripts/update-letsencrypt-cert.sh")
        return subprocess.run([script], env=env, capture_output=True, text=True, timeout=300, check=False)

    def test_a_renewed_one_is_put_on_the_load_balancer(self, tmp_path: Path) -> None:
        self._key(tmp_path)
        with LoadBalancer.listening(["first", "letsencrypt-00"]) as balancer:
            done = self._put(tmp_path, balancer)
            assert done.returncode == 0, done.stderr
            kept, new = balancer.certificates
            assert (kept, new[:12]) == ("first", "letsencrypt-")
            assert balancer.listeners["https"]["sslConfiguration"]["certificateName"] == new
            assert balancer.listeners["https"]["defaultBackendSetName"] == "host"
            (sent,) = balancer.sent
            assert sent["publicCertificate"] == (tmp_path / "fullchain.pem").read_text()
            assert sent["privateKey"] == (tmp_path / "privkey.pem").read_text()

    def test_one_that_is_refused_leaves_the_old_one(self, tmp_path: Path) -> None:
        self._key(tmp_path)
        with LoadBalancer.listening(["letsencrypt-00"], refusing=True) as balancer:
            assert self._put(tmp_path, balancer).returncode != 0
            assert balancer.certificates == ["letsencrypt-00"]
            assert balancer.listeners == {}
