"""The machine: its disk, memory and files, the port, and the web app."""

import re
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import psutil

from bunri.app.doctor.found import note, severe
from bunri.app.finding import Finding
from bunri.app.settings import Settings
from bunri.app.up import AddressUnusable, check_address
from bunri.edge.http.web import DIST, INDEX
from bunri.kit.sizes import size_in_words
from bunri.platform.embedded.servers import ROOM_FOR_NEW_MB, ROOM_FOR_OLD_MB
from bunri.platform.memory import Memory, memory

NEEDED_MEMORY: Final = 900 * 2**20
"""Everything on one machine takes 660 MiB while photos are looked at, and the system some (README, Budgets). A machine
of 1 GiB has this much."""
ENOUGH_WITHOUT_SWAP: Final = 2 * 2**30
NEARLY_FULL: Final = 0.1
"""Of the disk: below it BunriDiskNearlyFull wakes somebody, too (deploy/monitoring/alerts.yaml)."""
FEW_FILES: Final = 512
_NETWORK: Final = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ceph|glusterfs|lustre|fuse\.(sshfs|s3fs|rclone|gcsfuse|glusterfs)"
)
_MEMORY: Final = frozenset({"tmpfs", "ramfs", "devtmpfs"})


def machine_findings(settings: Settings, *, embedded: bool) -> Iterator[Finding]:
    """``embedded``: the servers run on this machine, in the data directory."""
    yield from data_folder(settings.data)
    yield from disk(settings.data, embedded=embedded)
    if embedded:
        yield from kind_of_disk(settings.data)
        yield from memory_findings(memory())
    yield from open_files()
    yield from web_app()


def data_folder(data: Path) -> Iterator[Finding]:
    """Whether something can be written there, by writing it; nothing stays."""
    existing = _existing(data)
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(b"bunri")
    except OSError as error:
        yield severe("data_not_writable", path=existing, reason=error.strerror or error)


def disk(data: Path, *, embedded: bool) -> Iterator[Finding]:
    usage = shutil.disk_usage(_existing(data))
    new = not (data / "postgres" / "PG_VERSION").exists()
    needed = (ROOM_FOR_NEW_MB if new else ROOM_FOR_OLD_MB) * 2**20
    words = {"path": data, "free": size_in_words(usage.free)}
    if embedded and usage.free < needed:
        yield severe("disk_full", needed=size_in_words(needed), **words)
    elif usage.free < NEARLY_FULL * usage.total:
        yield note("disk_nearly_full", size=size_in_words(usage.total), **words)


def kind_of_disk(data: Path, mounts: Callable[..., list[Any]] = psutil.disk_partitions) -> Iterator[Finding]:
    """PostgreSQL needs a disk of this machine: over a network it may be told that something is written which is not,
    and in memory everything ends with the machine."""
    folder = _existing(data).resolve()
    found = [each for each in mounts(all=True) if folder.is_relative_to(each.mountpoint)]
    kind = max(found, key=lambda each: len(each.mountpoint)).fstype if found else ""
    if _NETWORK.fullmatch(kind):
        yield severe("disk_of_network", path=data, kind=kind)
    elif kind in _MEMORY:
        yield severe("disk_in_memory", path=data, kind=kind)


def memory_findings(found: Memory) -> Iterator[Finding]:
    if found.total < NEEDED_MEMORY and not found.swap:
        yield severe("memory_short", total=size_in_words(found.total), needed=size_in_words(NEEDED_MEMORY))
    elif found.total < ENOUGH_WITHOUT_SWAP and not found.swap:
        yield note("swap_missing", total=size_in_words(found.total))


def open_files() -> Iterator[Finding]:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit != resource.RLIM_INFINITY and limit < FEW_FILES:
        yield note("files_few", limit=limit)


def web_app(folder: Path = DIST) -> Iterator[Finding]:
    if not (folder / INDEX.strip("/")).is_file():
        yield severe("web_not_built", path=folder)


def port(host: str, number: int) -> Iterator[Finding]:
    """Whether ``bunri up`` could listen there."""
    try:
        check_address(host, number)
    except AddressUnusable as error:
        yield severe("port_unusable", **{key: str(value) for key, value in error.data.items()})


def _existing(path: Path) -> Path:
    """``path``, or the folder in which it would be made."""
    return next(each for each in (path, *path.absolute().parents) if each.exists())
