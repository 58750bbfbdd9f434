"""The list of what is shipped agrees with the locks, and nothing in it is under the GPL."""

import json
import platform
import re
import sys

import pytest
from checks.licences import (
    _BUILT,
    _KNOWN,
    DOCUMENT,
    ROOT,
    Shipped,
    libraries,
    npm_packages,
    npm_versions,
    pinned,
    python_packages,
    section,
    table,
)

RENEW = "the locks have changed: run `make licences`"


def rows(name: str) -> list[list[str]]:
    """The cells of a generated table, without its heading."""
    lines = section(DOCUMENT.read_text("utf-8"), name).splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_locked_python_package_is_listed() -> None:
    locked = pinned((ROOT / "requirements.lock").read_text("utf-8"))
    assert len(locked) > 100
    assert [(name, version) for name, version, _ in rows("python")] == locked, RENEW


def test_their_licences_are_those_that_they_say() -> None:
    assert section(DOCUMENT.read_text("utf-8"), "python") == table(
        python_packages(), ("package", "version", "licence")
    ), RENEW


@pytest.mark.skipif((sys.platform, platform.machine()) != ("linux", "x86_64"), reason="the list is of these wheels")
def test_every_library_in_a_wheel_is_listed() -> None:
    found = list(libraries())
    assert {"libheif", "libavcodec"} <= {each.name for each in found}
    assert section(DOCUMENT.read_text("utf-8"), "libraries") == table(found, ("library", "in", "licence")), RENEW


def test_every_npm_package_is_listed_in_its_locked_version() -> None:
    versions = npm_versions()
    listed = rows("npm")
    for name, version, _ in listed:
        assert version in versions[name], RENEW
    wanted = json.loads((ROOT / "web" / "package.json").read_text("utf-8"))["dependencies"].keys()
    assert wanted <= {name for name, _, _ in listed}, RENEW


@pytest.mark.skipif(not _BUILT.is_file(), reason="the web app is not built")
def test_they_are_those_of_the_built_app() -> None:
    made = table(npm_packages(), ("package", "version", "licence"))
    assert section(DOCUMENT.read_text("utf-8"), "npm") == made, RENEW


def test_nothing_shipped_is_under_the_gpl() -> None:
    """libx265 was, and came with a wheel that says BSD."""
    for name in ("python", "libraries", "npm"):
        for row in rows(name):
            licence = row[-1]
            assert not re.search(r"\bA?GPL", licence.replace("LGPL", "")) or "WITH GCC-exception" in licence, row
    assert _KNOWN["libraries"]["libx265"].startswith("GPL")


def test_a_library_that_nobody_knows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(_KNOWN["libraries"], "libheif")
    with pytest.raises(LookupError, match="pi-heif brings libheif-"):
        list(libraries())


def test_a_table_has_each_row_once() -> None:
    twice = [Shipped("a", "1", "MIT")] * 2
    assert table(twice, ("package", "licence")) == "| package | licence |\n| --- | --- |\n| a | MIT |\n"
