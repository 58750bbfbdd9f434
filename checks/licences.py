"""Lists what is shipped with its licence: ``python -m checks.licences`` writes it into docs/operations/licences.md.

Versions come from the locks; licences from what is installed, and from licences.toml where packages say nothing.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = ROOT / "docs" / "operations" / "licences.md"
_BUILT: Final = ROOT / "src" / "bunri" / "edge" / "web" / "dist" / "licences.txt"
_KNOWN: Final = tomllib.loads((ROOT / "checks" / "licences.toml").read_text("utf-8"))
_PINNED: Final = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)
_BUNDLED: Final = re.compile(r"^## (\S+)(?: - (\S+))? \((.+)\)$", re.MULTILINE)
_BEGIN, _END = "<!-- begin: {} -->\n", "<!-- end: {} -->"


class Shipped(NamedTuple):
    """A package or library, and the package it comes in (``""``: by itself)."""

    name: str
    version: str
    licence: str
    inside: str = ""


def pinned(lock: str) -> list[tuple[str, str]]:
    """Names and versions of a requirements lock, in its order; a package may have a version for each Python."""
    return _PINNED.findall(lock)


def python_packages() -> Iterator[Shipped]:
    """The packages of the runtime lock. Raises LookupError where nobody says a licence."""
    for name, version in pinned((ROOT / "requirements.lock").read_text("utf-8")):
        yield Shipped(name, version, _licence(name))


def _licence(name: str) -> str:
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return str(_KNOWN["elsewhere"][name])
    kinds = [kind.split(" :: ")[-1] for kind in said.get_all("Classifier") or () if kind.startswith("License ::")]
    written = [*(said.get_all("License-Expression") or ()), *(said.get_all("License") or ()), *kinds]
    licence = next((line for text in written for line in text.strip().splitlines()), _KNOWN["silent"].get(name, ""))
    if not licence:
        raise LookupError(f"{name} says no licence: write it down in checks/licences.toml")
    return str(_KNOWN["spdx"].get(licence, licence))


def libraries() -> Iterator[Shipped]:
    """The shared libraries that the installed wheels of the lock bring along. Raises LookupError for an unknown one."""
    for package in sorted({name for name, _ in pinned((ROOT / "requirements.lock").read_text("utf-8"))}):
        try:
            files = metadata.files(package) or []
        except metadata.PackageNotFoundError:
            continue
        for file in sorted(file.name for file in files if any(part.endswith(".libs") for part in file.parts)):
            match = re.match(r"[A-Za-z0-9_]+(?:-r0)?", file)
            name = match[0] if match else file
            if name not in _KNOWN["libraries"]:
                raise LookupError(f"{package} brings {file}: write its licence down in checks/licences.toml")
            yield Shipped(name, "", _KNOWN["libraries"][name], package)


def npm_packages() -> list[Shipped]:
    """The npm packages that are in the built web app, as Vite collected them. Raises FileNotFoundError before it is
    built."""
    locked = npm_versions()
    found = _BUNDLED.findall(_BUILT.read_text("utf-8"))
    return sorted(Shipped(name, version or min(locked[name]), licence) for name, version, licence in found)


def npm_versions() -> dict[str, set[str]]:
    """The versions of each package in the web app's lock."""
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))
    versions: dict[str, set[str]] = {}
    for path, package in lock["packages"].items():
        if path:
            versions.setdefault(path.rpartition("node_modules/")[2], set()).add(package["version"])
    return versions


def table(shipped: Iterable[Shipped], heading: Sequence[str]) -> str:
    """A Markdown table; ``heading`` says which of name, inside, version and licence are shown."""
    fields = {"package": "name", "library": "name", "in": "inside", "version": "version", "licence": "licence"}
    lines = [f"| {' | '.join(heading)} |", f"| {' | '.join('---' for _ in heading)} |"]
    rows = (f"| {' | '.join(getattr(each, fields[column]) for column in heading)} |" for each in shipped)
    return "\n".join([*lines, *dict.fromkeys(rows)]) + "\n"


def sections() -> dict[str, str]:
    """The generated parts of the document by their names."""
    return {
        "python": table(python_packages(), ("package", "version", "licence")),
        "libraries": table(libraries(), ("library", "in", "licence")),
        "npm": table(npm_packages(), ("package", "version", "licence")),
    }


def section(document: str, name: str) -> str:
    """What ``document`` has between the marks of ``name``."""
    return document.partition(_BEGIN.format(name))[2].partition(_END.format(name))[0]


def main() -> None:
    document = DOCUMENT.read_text("utf-8")
    for name, made in sections().items():
        begin, end = _BEGIN.format(name), _END.format(name)
        before, _, rest = document.partition(begin)
        document = before + begin + made + end + rest.partition(end)[2]
    DOCUMENT.write_text(document, "utf-8")


if __name__ == "__main__":
    main()
