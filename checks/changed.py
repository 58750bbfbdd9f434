"""Which services a change concerns, for CI: ``python -m checks.changed BASE`` prints lines for ``$GITHUB_OUTPUT``.

``services=["waste"]`` are the domains whose tests have to run: those whose files differ from BASE, and those that use
what these make public. ``common=true`` says that something differs which all stand on; then all of them are named.
It needs Python alone, so that no environment is made just to find out that nothing has to be tested.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
_OF_A_DOMAIN: Final = re.compile(r"(?:src/bunri/domains|tests/domains|src/bunri/app/modules)/(\w+?)(?:\.py$|/)")
_WITHOUT_TESTS: Final = re.compile(
    r"(?:web|docs|deploy|training|bench|\.github)/|tests/(?:deploy|bench|training)/|[^/]*\.md$|LICENSE$"
)
_PUBLIC: Final = re.compile(r"bunri\.domains\.(\w+)\.public")


class Concerned(NamedTuple):
    """``services`` in the order of their names; ``common``: what all stand on."""

    services: list[str]
    common: bool


def domains() -> list[str]:
    return sorted(path.name for path in (ROOT / "src/bunri/domains").iterdir() if (path / "public.py").exists())


def uses() -> dict[str, set[str]]:
    """Each domain, and those whose public part it or its Module names."""
    found = {}
    for name in domains():
        files = [*(ROOT / "src/bunri/domains" / name).rglob("*.py"), ROOT / "src/bunri/app/modules" / f"{name}.py"]
        found[name] = {other for file in files for other in _PUBLIC.findall(file.read_text("utf-8"))} - {name}
    return found


def concerned(paths: Iterable[str], used: Mapping[str, set[str]]) -> Concerned:
    """What changes in ``paths``, relative to the repository, concern. An unknown path concerns everything."""
    reached: set[str] = set()
    for path in paths:
        match = _OF_A_DOMAIN.match(path)
        if match and match[1] in used:
            reached.add(match[1])
        elif not _WITHOUT_TESTS.match(path):
            return Concerned(sorted(used), True)
    while further := {name for name, others in used.items() if others & reached} - reached:
        reached |= further
    return Concerned(sorted(reached), False)


def changed_since(base: str) -> list[str]:
    """Paths that differ from where ``base`` was left; when git knows no such commit (any more), all there are."""
    command = ["git", "diff", "--name-only", "--no-renames", f"{base}...HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.splitlines()


def main(base: str) -> None:
    found = concerned(changed_since(base), uses())
    print(f"services={json.dumps(found.services)}")  # noqa: T201
    print(f"common={json.dumps(found.common)}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
