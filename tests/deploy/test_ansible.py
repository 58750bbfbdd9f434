"""``deploy/ansible`` over SSH, on bare Debian hosts: containers with systemd.

kubeadm, kubelet and kubectl come from a repository that is made here, as programs that stand in for them
(``tests/deploy/ansible/programs``), since no registry has the real ones. Everything else is real: apt, SSH, nftables,
containerd, systemd, and the etcd that is copied and restored."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from pyrage import x25519
from tests.deploy.ansible import hosts as machines
from tests.deploy.ansible.hosts import ADDRESSES, CONTROL_PLANE, ROOT, WORKERS, Hosts, Played

ADDRESS: Final = ADDRESSES[CONTROL_PLANE]
COPIES: Final = "/var/backups/etcd"
PKI: Final = "/etc/kubernetes/pki/etcd"
ASKING: Final = ("--cacert", f"{PKI}/ca.crt", "--cert", f"{PKI}/server.crt", "--key", f"{PKI}/server.key")
ETCD: Final = ("etcdctl", "--endpoints", "https://127.0.0.1:2379", *ASKING)

_NODE: Final = {
    "name": str,
    "criSocket": str,
    "taints": list,
    "kubeletExtraArgs": list,
    "ignorePreflightErrors": list,
    "imagePullPolicy": str,
    "imagePullSerial": bool,
}
DOCUMENTED: Final[dict[str, dict[str, Any]]] = {
    "InitConfiguration": {
        "bootstrapTokens": list,
        "dryRun": bool,
        "nodeRegistration": _NODE,
        "localAPIEndpoint": {"advertiseAddress": str, "bindPort": int},
        "certificateKey": str,
        "skipPhases": list,
        "patches": dict,
        "timeouts": dict,
    },
    "ClusterConfiguration": {
        "etcd": dict,
        "networking": {"serviceSubnet": str, "podSubnet": str, "dnsDomain": str},
        "kubernetesVersion": str,
        "controlPlaneEndpoint": str,
        "apiServer": {"extraArgs": list, "extraVolumes": list, "extraEnvs": list, "certSANs": list},
        "controllerManager": dict,
        "scheduler": dict,
        "dns": dict,
        "proxy": dict,
        "certificatesDir": str,
        "imageRepository": str,
        "featureGates": dict,
        "clusterName": str,
        "encryptionAlgorithm": str,
        "certificateValidityPeriod": str,
        "caCertificateValidityPeriod": str,
    },
}
"""Fields of kubeadm.k8s.io/v1beta4, by its reference."""


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    with machines.running(tmp_path_factory.mktemp("hosts")) as made:
        yield made


@pytest.fixture(scope="module")
def identity(hosts: Hosts) -> x25519.Identity:
    """The key to the copies of etcd, which is on no host."""
    made = x25519.Identity.generate()
    (hosts.folder / "etcd.key").write_text(str(made))
    return made


@pytest.fixture(scope="module")
def settings(identity: x25519.Identity) -> dict[str, Any]:
    public = str(identity.to_public())
    return {"etcd_backup_recipient": public, "etcd_backup_keep": 2, "etcd_backup_remote": "/srv/copies"}


@pytest.fixture(scope="module")
def cluster(hosts: Hosts, settings: dict[str, Any]) -> Hosts:
    played = hosts.play("cluster.yaml", **settings)
    assert played.well, played.said[-5000:]
    return hosts


def unchanged(played: Played) -> None:
    assert played.well, played.said[-5000:]
    assert played.changed == dict.fromkeys(ADDRESSES, 0), played.said[-8000:]


def reached(address: str, port: int) -> bool:
    """Whether this machine, the administrator's, gets a connection."""
    try:
        with socket.create_connection((address, port), timeout=3):
            return True
    except OSError:
        return False


def test_what_terraform_says_is_what_these_hosts_are_told() -> None:
    text = (ROOT / "deploy/terraform/cluster/outputs.tf").read_text("utf-8")
    block = text.partition("vars = {")[2].partition("}")[0]
    said = {line.split("=")[0].strip() for line in block.splitlines() if "=" in line}
    told = set(machines.inventory(Path("nowhere"))["all"]["vars"])
    assert said <= told
    used = "\n".join(each.read_text("utf-8") for each in machines.PLAYBOOKS.rglob("*") if each.is_file())
    assert {name for name in said if name not in used} == {"ansible_user"}


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"admin_from": []}, "admin_from lists the networks from which you reach SSH"),
        ({"etcd_snapshots_bucket": "copies"}, "etcd_backup_recipient is needed with etcd_snapshots_bucket"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_changed(hosts: Hosts, variables: dict[str, Any], sentence: str) -> None:
    played = hosts.play("cluster.yaml", **variables)
    assert not played.well
    assert sentence in played.said.replace("\n", " ")
    assert "changed: [" not in played.said


def test_rules_that_shut_the_administrator_out_are_taken_back(hosts: Hosts) -> None:
    played = hosts.play("cluster.yaml", admin_from=["192.0.2.1/32"], firewall_patience=16)
    assert not played.well
    assert "Come in again" in played.said
    for host, address in ADDRESSES.items():
        hosts.run(
            host, "sh", "-c", "while systemctl is-active -q firewall-undo.timer firewall-undo.service; do sleep 1; done"
        )
        assert hosts.run(host, "nft", "list", "table", "inet", "host", check=False).returncode != 0
        assert reached(address, 22)


def test_a_cluster_is_made_once(cluster: Hosts) -> None:
    init, *tokens = cluster.said(CONTROL_PLANE, "cat", "/var/log/kubeadm.log").splitlines()
    assert init == "init --config /etc/kubernetes/kubeadm.yaml --skip-token-print"
    assert tokens == ["token create --ttl 15m --print-join-command"] * 2
    for worker in WORKERS:
        (join,) = cluster.said(worker, "cat", "/var/log/kubeadm.log").splitlines()
        assert join.startswith(f"join {ADDRESS}:6443 --token ")
        assert join.endswith(" --cri-socket unix:///run/containerd/containerd.sock")
    kubeconfig = cluster.folder / "kubeconfig"
    assert "server: https://203.0.113.6:6443" in kubeconfig.read_text()
    assert kubeconfig.stat().st_mode & 0o777 == 0o600


def test_kubeadm_is_told_what_its_reference_has(cluster: Hosts) -> None:
    text = cluster.said(CONTROL_PLANE, "cat", "/etc/kubernetes/kubeadm.yaml")
    init, whole, kubelet = yaml.safe_load_all(text)
    for document in (init, whole):
        assert document.pop("apiVersion") == "kubeadm.k8s.io/v1beta4"
        documented(document, DOCUMENTED[document.pop("kind")])
    kind = {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration"}
    assert kubelet == {**kind, "cgroupDriver": "systemd"}
    assert whole["kubernetesVersion"] == "v1.35.0"
    assert whole["apiServer"]["certSANs"] == [ADDRESS, "203.0.113.6"]
    overlay = yaml.safe_load((ROOT / "deploy/kubernetes/overlays/small/settings.yaml").read_text("utf-8"))
    assert whole["networking"]["podSubnet"] in overlay["data"]["BUNRI_HTTP__TRUSTED_PROXIES"]


def documented(given: Any, fields: Any) -> None:
    if not isinstance(fields, dict):
        assert isinstance(given, fields), given
        return
    for name, value in given.items():
        assert name in fields, f"{name} is no field of {sorted(fields)}"
        documented(value, fields[name])


@pytest.mark.parametrize("words", [(), ("--check",)], ids=["again", "check"])
def test_nothing_is_changed_by(cluster: Hosts, settings: dict[str, Any], words: tuple[str, ...]) -> None:
    unchanged(cluster.play("cluster.yaml", *words, **settings))


def test_an_upgrade_is_left_to_kubeadm(cluster: Hosts, settings: dict[str, Any]) -> None:
    at = ("--start-at-task", "kubernetes : Read which packages there are")
    played = cluster.play("cluster.yaml", *at, **settings, kubernetes_version="1.35.1")
    assert not played.well
    assert "kubeadm 1.35.0-1.1 is here, and kubernetes_version is 1.35.1" in played.said.replace("\n", " ")


@pytest.mark.parametrize("host", ADDRESSES)
def test_a_host_is_as_said(cluster: Hosts, host: str) -> None:
    sshd = cluster.said(host, "sshd", "-T")
    assert {"passwordauthentication no", "kbdinteractiveauthentication no"} <= set(sshd.splitlines())
    assert cluster.said(host, "apt-mark", "showhold").split() == ["kubeadm", "kubectl", "kubelet"]
    assert "1.35.0-1.1" in cluster.said(host, "dpkg-query", "-W", "kubelet")  # and 1.35.1 is there to be had
    cluster.run(host, "unattended-upgrade", "--dry-run")
    assert 'Unattended-Upgrade "1";' in cluster.said(host, "apt-config", "dump")
    runtime = cluster.said(host, "containerd", "config", "dump")
    assert "SystemdCgroup = true" in runtime
    assert 'bin_dir = "/opt/cni/bin"' in runtime
    for unit in ("containerd", "kubelet", "nftables", "apt-daily-upgrade.timer"):
        assert cluster.said(host, "systemctl", "is-enabled", unit) == "enabled"
    assert cluster.said(host, "systemctl", "--failed", "--plain", "--no-legend") == ""


def test_who_reaches_what(cluster: Hosts) -> None:
    for port in ("8099", "6443"):
        listening = f"python3 -m http.server {port} >/dev/null 2>&1 &"
        cluster.run(
            CONTROL_PLANE, "sh", "-c", f"{listening} until ss -Htln sport = :{port} | grep -q .; do sleep 0.1; done"
        )
    assert reached(ADDRESS, 6443), "administrators use the API"
    assert not reached(ADDRESS, 8099), "and nothing else"
    for worker in WORKERS:
        among = f"import socket; socket.create_connection(('{ADDRESS}', 8099), 3)"
        cluster.run(worker, "python3", "-c", among)


def test_only_the_gateways_node_ports_are_for_everybody(cluster: Hosts) -> None:
    """What kube-proxy does with a node port: it is led on before any input is seen."""
    worker = WORKERS[0]
    rules = f"""
        table inet led {{
            chain in {{
                type nat hook prerouting priority dstnat
                tcp dport {{ 30080, 30081 }} dnat ip to {ADDRESS}:6443
            }}
            chain out {{
                type nat hook postrouting priority srcnat
                masquerade
            }}
        }}"""
    cluster.run(worker, "nft", rules)
    try:
        assert reached(ADDRESSES[worker], 30080)
        assert not reached(ADDRESSES[worker], 30081)
    finally:
        cluster.run(worker, "nft", "delete table inet led")


class TestEtcd:
    @staticmethod
    def put(cluster: Hosts, value: str) -> None:
        cluster.run(CONTROL_PLANE, *ETCD, "put", "/registry/thing", value)

    @staticmethod
    def value(cluster: Hosts) -> str:
        return cluster.said(CONTROL_PLANE, *ETCD, "get", "/registry/thing", "--print-value-only")

    @staticmethod
    def copy(cluster: Hosts) -> str:
        """Its name."""
        cluster.run(CONTROL_PLANE, "systemctl", "start", "etcd-backup.service")
        return cluster.said(CONTROL_PLANE, "ls", COPIES).split()[-1]

    def test_a_copy_comes_back(self, cluster: Hosts, identity: x25519.Identity) -> None:
        self.put(cluster, "before")
        archive = self.copy(cluster)
        assert archive.endswith(".tar.age")
        assert archive in cluster.said(CONTROL_PLANE, "ls", "/srv/copies")
        self.put(cluster, "after")
        played = cluster.play("restore.yaml", archive=archive, identity=str(cluster.folder / "etcd.key"))
        assert played.well, played.said
        assert self.value(cluster) == "before"
        assert "etcd.before-" in cluster.said(CONTROL_PLANE, "ls", "/var/lib")
        assert cluster.run(CONTROL_PLANE, "ls", "/run/etcd-restore.key", check=False).returncode != 0
        self.put(cluster, "goes on")

    def test_a_damaged_one_changes_nothing(self, cluster: Hosts) -> None:
        self.put(cluster, "now")
        archive = self.copy(cluster)
        cluster.run(CONTROL_PLANE, "sh", "-c", f"head -c 20000 {COPIES}/{archive} >{COPIES}/etcd-damaged.tar.age")
        played = cluster.play("restore.yaml", archive="etcd-damaged.tar.age", identity=str(cluster.folder / "etcd.key"))
        assert not played.well
        assert self.value(cluster) == "now"
        cluster.run(CONTROL_PLANE, "rm", f"{COPIES}/etcd-damaged.tar.age")

    def test_as_many_are_kept_as_said(self, cluster: Hosts) -> None:
        made = []
        for _ in range(3):
            made.append(self.copy(cluster))
            cluster.run(CONTROL_PLANE, "sleep", "1")  # they are named by the second
        assert cluster.said(CONTROL_PLANE, "ls", COPIES).split() == made[1:]
        assert set(made) <= set(cluster.said(CONTROL_PLANE, "ls", "/srv/copies").split())
        assert cluster.said(CONTROL_PLANE, "systemctl", "is-active", "etcd-backup.timer") == "active"

    def test_one_that_cannot_be_made_fails_aloud(self, cluster: Hosts) -> None:
        cluster.run(CONTROL_PLANE, "systemctl", "stop", "kubelet")
        try:
            before = cluster.said(CONTROL_PLANE, "ls", "-A", COPIES)
            assert cluster.run(CONTROL_PLANE, "systemctl", "start", "etcd-backup.service", check=False).returncode != 0
            assert cluster.said(CONTROL_PLANE, "ls", "-A", COPIES) == before
        finally:
            cluster.run(CONTROL_PLANE, "systemctl", "start", "kubelet")
            cluster.run(CONTROL_PLANE, "systemctl", "reset-failed")
