"""A repository of Debian packages as Kubernetes' own is (flat, signed), with programs that stand in for its own."""

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

PROGRAMS: Final = Path(__file__).with_name("programs")
VERSIONS: Final = ("1.35.0", "1.35.1")
"""The newer one is there so that it is seen that nobody takes it."""
ETCD_IMAGE: Final = "kubernetes.example/etcd:3.5.16-0"


def write_repository(folder: Path, work: Path) -> None:
    """``Packages``, ``InRelease`` and ``key.asc`` in ``folder``, as a source ``deb … /`` reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    packages = [_package(folder, work, name, each) for name in ("kubeadm", "kubelet", "kubectl") for each in VERSIONS]
    index = "\n".join(packages)
    (folder / "Packages").write_text(index)
    sums = f" {hashlib.sha256(index.encode()).hexdigest()} {len(index.encode())} Packages"
    (work / "Release").write_text(f"Date: Mon, 30 Nov 2026 00:00:00 UTC\nSHA256:\n{sums}\n")
    _sign(work, folder)


def _package(folder: Path, work: Path, name: str, version: str) -> str:
    """Builds it, and gives its paragraph of ``Packages``."""
    root = work / f"{name}-{version}"
    (root / "DEBIAN").mkdir(parents=True)
    control = (
        f"Package: {name}\nVersion: {version}-1.1\nArchitecture: all\nMaintainer: Nobody <nobody@bunri.example>\n"
        f"Description: stands in for {name}\n"
    )
    (root / "DEBIAN/control").write_text(control)
    (root / "usr/bin").mkdir(parents=True)
    shutil.copy(PROGRAMS / name, root / "usr/bin" / name)
    if name == "kubelet":
        (root / "etc/kubernetes/manifests").mkdir(parents=True)
        (root / "usr/lib/systemd/system").mkdir(parents=True)
        shutil.copy(PROGRAMS / "kubelet.service", root / "usr/lib/systemd/system/kubelet.service")
    file = folder / f"{name}_{version}-1.1_all.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", str(root), str(file)], check=True, capture_output=True)
    content = file.read_bytes()
    return f"{control}Filename: ./{file.name}\nSize: {len(content)}\nSHA256: {hashlib.sha256(content).hexdigest()}\n"


def _sign(work: Path, folder: Path) -> None:
    home = work / "gpg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--yes", "--quiet"]
    new = ["--passphrase", "", "--quick-generate-key", "packages@bunri.example", "ed25519", "sign", "never"]
    for words in (
        new,
        ["--clearsign", "--output", str(folder / "InRelease"), str(work / "Release")],
        ["--armor", "--export", "--output", str(folder / "key.asc")],
    ):
        subprocess.run([*gpg, *words], check=True, capture_output=True)
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, capture_output=True)


def write_etcd_image(file: Path, programs: Sequence[Path]) -> None:
    """An image of containers (OCI layout) with these programs in the second of its layers, where kubeadm's image of
    etcd has them."""
    blobs: dict[str, bytes] = {}

    def put(content: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        blobs[digest] = content
        return {"digest": f"sha256:{digest}", "size": len(content)}

    first, second = _layer(()), _layer(programs)
    sums = [f"sha256:{hashlib.sha256(gzip.decompress(each)).hexdigest()}" for each in (first, second)]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": sums},
    }
    kind = "application/vnd.oci.image"
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{kind}.manifest.v1+json",
        "config": {"mediaType": f"{kind}.config.v1+json", **put(json.dumps(config).encode())},
        "layers": [{"mediaType": f"{kind}.layer.v1.tar+gzip", **put(each)} for each in (first, second)],
    }
    name = {"io.containerd.image.name": ETCD_IMAGE}
    entry = {"mediaType": manifest["mediaType"], **put(json.dumps(manifest).encode()), "annotations": name}
    with tarfile.open(file, "w") as image:
        _add(image, "oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}).encode())
        _add(image, "index.json", json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode())
        for digest, content in blobs.items():
            _add(image, f"blobs/sha256/{digest}", content)


def _layer(programs: Sequence[Path]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as layer:
        _add(layer, "etc/os-release", b"ID=none\n")
        for program in programs:
            layer.add(program, f"usr/local/bin/{program.name}")
    return gzip.compress(made.getvalue(), 1)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))
