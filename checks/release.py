"""What a release is: ``python -m checks.release v0.2.0`` prints its notes, the section of CHANGELOG.md with its name.

Ends with 1 and says what is wrong when the tag, the packages and the changelog do not speak of one version, or when the
section says nothing. It needs Python alone.
"""

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
_SECTION: Final = re.compile(r"^## (.+)$", re.MULTILINE)


class Unreleasable(Exception):
    """The message says why."""


def versions(root: Path = ROOT) -> dict[str, str]:
    """By the file that says it."""
    code = re.search(r'^__version__ = "(.+)"$', (root / "src/bunri/__init__.py").read_text("utf-8"), re.MULTILINE)
    return {
        "pyproject.toml": tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"],
        "src/bunri/__init__.py": code[1] if code else "",
        "web/package.json": json.loads((root / "web/package.json").read_text("utf-8"))["version"],
    }


def notes(tag: str, root: Path = ROOT) -> str:
    """Markdown, without the heading. Raises Unreleasable."""
    version = tag.removeprefix("v")
    if wrong := {file: said for file, said in versions(root).items() if said != version}:
        raise Unreleasable(
            f"The tag says {version}, but {', '.join(f'{file} {said}' for file, said in wrong.items())}."
        )
    parts = _SECTION.split((root / "CHANGELOG.md").read_text("utf-8"))
    sections = {heading.split()[0]: text.strip() for heading, text in zip(parts[1::2], parts[2::2], strict=True)}
    if not sections.get(version):
        raise Unreleasable(f"CHANGELOG.md says nothing below '## {version}'.")
    return sections[version]


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    try:
        print(notes(sys.argv[1]))  # noqa: T201
    except Unreleasable as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
