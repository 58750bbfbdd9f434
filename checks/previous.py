"""The version before this one, and which files of this one bring its schema to today's.

``make check-deploy PART=upgrade`` runs that version's tests on it (docs/operations/upgrade.md).
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

RELEASED: Final = Path("checks/released.toml")
_SRC: Final = Path("src")
_MIGRATIONS: Final = "src/bunri/domains/*/migrations/*.py"
_RELEASE: Final = re.compile(r"v\d+(\.\d+)*")


class NotComparable(Exception):
    """The message says why, and what to do."""


class Previous(NamedTuple):
    commit: str
    """All 40 digits."""
    reason: str
    """Why it is this one, as a noun."""


def previous(root: Path, named: str | None = None) -> Previous:
    """The version before the commit that ``root`` has checked out, or the one that is ``named``.

    A tag on that commit itself is this version. Raises NotComparable.
    """
    if named:
        return Previous(_commit(root, named), f"{named}, which BUNRI_PREVIOUS names")
    tags = _git(root, "tag", "--list", "v*", "--sort=-version:refname", "--merged", "HEAD", "--no-contains", "HEAD")
    for tag in filter(_RELEASE.fullmatch, tags.split()):
        return Previous(_commit(root, tag), f"the tag {tag}")
    if (
        _git(root, "rev-parse", "--is-shallow-repository") == "true"
    ):  # its oldest commit seems to have changed all files
        raise NotComparable(f"This clone is shallow and knows no tag of a release: {_UNSHALLOW}")
    commit = _git(root, "log", "-1", "--format=%H", "--", str(RELEASED))
    if not commit:
        raise NotComparable(f"No commit has {RELEASED}, and there is no tag v*.")
    return Previous(commit, f"the last commit that changes {RELEASED}, as there is no tag v* before this version")


def laid_over(old: Path, new: Path) -> list[Path]:
    """The migrations of ``new`` that ``old`` lacks, and what they import of bunri that ``old`` lacks, relative to both.

    A migration that both have stays as ``old`` has it, since its databases have had that one; a domain that ``old``
    does not know is left out. Raises NotComparable where ``old`` has something else by the name that is imported.
    """
    migrations = sorted(path.relative_to(new) for path in new.glob(_MIGRATIONS))
    found = [path for path in migrations if (old / path.parent).is_dir() and not (old / path).exists()]
    for path in found:  # it grows meanwhile
        for module in _imported(new, path):
            if not (old / module).exists():
                found += [each for each in _with_packages(old, new, module) if each not in found]
            elif _meaning(old / module) != _meaning(new / module):
                raise NotComparable(
                    f"{path} imports {module}, which the version before has otherwise: write what it needs of it into"
                    " the migration, which then means the same for good."
                )
    return found


def _imported(root: Path, path: Path) -> Iterator[Path]:
    """The files of bunri's modules that the file at ``path`` names."""
    for node in ast.walk(ast.parse((root / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]  # a module, or something in one
            names = [name if _file(root, name) else node.module for name in inner]
        else:
            continue
        for name in dict.fromkeys(names):
            if name.partition(".")[0] == "bunri" and (file := _file(root, name)):
                yield file


def _file(root: Path, module: str) -> Path | None:
    path = _SRC.joinpath(*module.split("."))
    candidates = (path.with_name(f"{path.name}.py"), path / "__init__.py")
    return next((each for each in candidates if (root / each).is_file()), None)


def _with_packages(old: Path, new: Path, module: Path) -> list[Path]:
    """``module``, and the ``__init__.py`` of each package around it that ``old`` lacks, too."""
    packages = [parent / "__init__.py" for parent in module.parents if parent.is_relative_to(_SRC / "bunri")]
    return [*(each for each in packages if (new / each).is_file() and not (old / each).exists()), module]


def _meaning(path: Path) -> str:
    """What a file says to Python: without comments and layout."""
    return ast.dump(ast.parse(path.read_text("utf-8")))


_UNSHALLOW: Final = "git fetch --unshallow --tags gets the version before this one."


def _commit(root: Path, name: str) -> str:
    try:
        return _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except NotComparable as error:
        shallow = _git(root, "rev-parse", "--is-shallow-repository") == "true"
        raise NotComparable(f"There is no commit {name} here{f': {_UNSHALLOW}' if shallow else '.'}") from error


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode:
        raise NotComparable(f"git {words[0]} says: {done.stderr.strip() or done.returncode}")
    return done.stdout.strip()
