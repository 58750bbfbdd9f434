"""Bare Debian hosts, reached by SSH as Ansible reaches them: containers with systemd."""

import hashlib
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from tests.deploy.ansible.repository import write_etcd_image, write_repository

ROOT: Final = Path(__file__).parents[3]
PLAYBOOKS: Final = ROOT / "deploy/ansible"
TOOLS: Final = ROOT / ".venv/ansible/bin"
NETWORK: Final = "bunri-test-hosts"
HERE: Final = "10.89.7.1"
"""This machine, as the hosts see it: the one administrator."""
ADDRESSES: Final = {"bunri-control-plane": "10.89.7.10", "bunri-worker-1": "10.89.7.11", "bunri-worker-2": "10.89.7.12"}
CONTROL_PLANE: Final = "bunri-control-plane"
WORKERS: Final = ("bunri-worker-1", "bunri-worker-2")
PODS_NETWORK: Final = "# what kubectl is given\n"
_RECAP: Final = re.compile(r"^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Played:
    """What a playbook did: ``changed`` is by host."""

    said: str
    well: bool
    changed: dict[str, int]


@dataclass(frozen=True)
class Hosts:
    folder: Path
    """With inventory.yaml, and what Ansible writes here."""

    def play(self, playbook: str, *words: str, **variables: Any) -> Played:
        """Runs a playbook of deploy/ansible with ``variables`` over those of the inventory."""
        extra = self.folder / "extra.yaml"
        extra.write_text(yaml.safe_dump(variables))
        command = [str(TOOLS / "ansible-playbook"), "-i", str(self.folder / "inventory.yaml"), "-e", f"@{extra}"]
        env = {
            **os.environ,
            "ANSIBLE_CONFIG": str(PLAYBOOKS / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.folder / "c"),
            "ANSIBLE_NOCOLOR": "1",
            "PATH": f"{TOOLS}:{os.environ['PATH']}",
        }
        done = subprocess.run(
            [*command, *words, playbook],
            cwd=PLAYBOOKS,
            env=env,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        said = done.stdout + done.stderr
        return Played(said, done.returncode == 0, {host: int(count) for host, count, *_ in _RECAP.findall(said)})

    def run(self, host: str, *command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """As root, past SSH."""
        return _podman("exec", host, *command, check=check)

    def said(self, host: str, *command: str) -> str:
        return self.run(host, *command).stdout.strip()


@contextmanager
def running(folder: Path) -> Iterator[Hosts]:
    """Three hosts, on a network of their own; nothing of them is left behind."""
    image = _image()
    files = _files(folder)
    try:
        _podman("network", "create", "--subnet", "10.89.7.0/24", "--gateway", HERE, NETWORK)
        for name, address in ADDRESSES.items():
            _start(name, address, image, files)
        programs = [folder / "bin" / name for name in ("etcdctl", "etcdutl")]
        for program in programs:
            _podman("cp", f"{CONTROL_PLANE}:/usr/bin/{program.name}", str(program))
        write_etcd_image(folder / "etcd.tar", programs)
        _podman("cp", str(folder / "etcd.tar"), f"{CONTROL_PLANE}:/srv/kubernetes/etcd.tar")
        (folder / "inventory.yaml").write_text(yaml.safe_dump(inventory(folder)))
        yield Hosts(folder)
    finally:
        _podman("rm", "--force", "--ignore", "--time", "2", *ADDRESSES, check=False)
        _podman("network", "rm", "--force", NETWORK, check=False)
        _forget_rules()


def inventory(folder: Path) -> dict[str, Any]:
    """What the output ``inventory`` of deploy/terraform/cluster says, and what an operator adds."""
    network = hashlib.sha256(PODS_NETWORK.encode()).hexdigest()
    ssh = f"-o UserKnownHostsFile={folder}/known_hosts -o StrictHostKeyChecking=accept-new -o IdentitiesOnly=yes"
    variables = {
        "admin_from": [f"{HERE}/32"],
        "ansible_user": "debian",
        "control_plane_private_ip": ADDRESSES[CONTROL_PLANE],
        "control_plane_public_ip": "203.0.113.6",
        "etcd_snapshots_bucket": "",
        "etcd_snapshots_region": "ap-northeast-2",
        "gateway_http_node_port": 30080,
        "gateway_https_node_port": 30443,
    }
    added = {
        "ansible_ssh_common_args": ssh,
        "ansible_ssh_private_key_file": str(folder / "key"),
        "kubernetes_repository": "file:///srv/kubernetes",
        "kubernetes_repository_key": str(folder / "kubernetes/key.asc"),
        "kubernetes_network_manifest": "file:///srv/kubernetes/network.yaml",
        "kubernetes_network_checksum": network,
    }
    at = {name: {"ansible_host": address} for name, address in ADDRESSES.items()}
    groups = {"control_plane": [CONTROL_PLANE], "workers": WORKERS}
    children = {group: {"hosts": {name: at[name] for name in names}} for group, names in groups.items()}
    return {"all": {"vars": {**variables, **added}, "children": children}}


def _files(folder: Path) -> Path:
    """What is put on every host."""
    (folder / "work").mkdir()
    (folder / "bin").mkdir()
    files = folder / "kubernetes"
    write_repository(files, folder / "work")
    (files / "network.yaml").write_text(PODS_NETWORK)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key")], check=True)
    return files


def _image() -> str:
    script = Path(__file__).with_name("image.sh")
    name = f"localhost/bunri-test/host:{hashlib.sha256(script.read_bytes()).hexdigest()[:12]}"
    if _podman("image", "exists", name, check=False).returncode:
        subprocess.run([str(script), name], check=True, capture_output=True, timeout=900)
    return name


def _start(name: str, address: str, image: str, files: Path) -> None:
    network = ["--network", NETWORK, "--ip", address, "--cap-add", "NET_ADMIN"]  # for a firewall of its own
    limits = ["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=20000:20000"]  # no more than confined machines have
    # The last word is for systemd, as the kernel's command line: it takes control groups of version 1 only if told.
    command = [image, "/sbin/init", "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"]
    _podman("run", "--detach", "--systemd=always", "--name", name, "--hostname", name, *network, *limits, *command)
    _podman("cp", str(files), f"{name}:/srv/kubernetes")
    _podman("cp", str(files.parent / "key.pub"), f"{name}:/root/key.pub")
    put = (
        "install -d -o debian -g debian -m 700 /home/debian/.ssh",
        "install -o debian -g debian -m 600 /root/key.pub /home/debian/.ssh/authorized_keys",
        "ssh-keygen -A && systemctl restart ssh",
    )
    _podman("exec", name, "sh", "-c", " && ".join(put))


def _podman(*words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(["podman", *words], capture_output=True, text=True, timeout=300, check=False)
    assert not check or done.returncode == 0, f"podman {' '.join(words)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done


def _forget_rules() -> None:
    """Podman leaves its chains when its last network is gone."""
    if _podman("network", "ls", "--quiet").stdout.split() != ["podman"]:
        return
    for table in ("nat", "filter"):
        rules = subprocess.run(["iptables", "-t", table, "-S"], capture_output=True, text=True, check=False).stdout
        lines = rules.splitlines()
        for rule in (line for line in lines if line.startswith("-A") and "NETAVARK" in line):
            subprocess.run(["iptables", "-t", table, "-D", *shlex.split(rule)[1:]], capture_output=True, check=False)
        for chain in (line.split()[1] for line in lines if line.startswith("-N NETAVARK")):
            for action in ("-F", "-X"):
                subprocess.run(["iptables", "-t", table, action, chain], capture_output=True, check=False)
