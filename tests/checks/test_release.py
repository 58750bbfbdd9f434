"""A release is one version everywhere, and says what is new."""

import subprocess
import sys
from pathlib import Path

import pytest
from checks.release import ROOT, Unreleasable, notes, versions

CHANGELOG = """# Changes

## Unreleased

- Not yet.

## 0.2.0 – 2026-12-01

- A second part.
- And a third.

## 0.1.0

- The first.
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "src/bunri").mkdir(parents=True)
    (tmp_path / "web").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "bunri"\nversion = "0.2.0"\n')
    (tmp_path / "src/bunri/__init__.py").write_text('"""bunri."""\n\n__version__ = "0.2.0"\n')
    (tmp_path / "web/package.json").write_text('{"name": "web", "version": "0.2.0"}')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    return tmp_path


def test_all_that_name_a_version_here_name_the_same() -> None:
    assert len(set(versions().values())) == 1


def test_the_notes_are_the_section_of_the_version(tree: Path) -> None:
    assert notes("v0.2.0", tree) == "- A second part.\n- And a third."


def test_another_tag_than_the_version_is_no_release(tree: Path) -> None:
    with pytest.raises(Unreleasable, match=r"The tag says 0\.3\.0, but pyproject\.toml 0\.2\.0"):
        notes("v0.3.0", tree)


def test_one_file_that_was_forgotten_is_named(tree: Path) -> None:
    (tree / "web/package.json").write_text('{"version": "0.1.0"}')
    with pytest.raises(Unreleasable, match=r"but web/package\.json 0\.1\.0\.$"):
        notes("v0.2.0", tree)


@pytest.mark.parametrize("changelog", ["# Changes\n", "# Changes\n\n## 0.2.0\n\n## 0.1.0\n\n- The first.\n"])
def test_nothing_to_say_is_no_release(tree: Path, changelog: str) -> None:
    (tree / "CHANGELOG.md").write_text(changelog)
    with pytest.raises(Unreleasable, match=r"CHANGELOG\.md says nothing below '## 0\.2\.0'"):
        notes("v0.2.0", tree)


def test_what_is_not_released_yet_is_refused_with_a_sentence() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "checks.release", "v99.0.0"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("The tag says 99.0.0, but pyproject.toml ")
