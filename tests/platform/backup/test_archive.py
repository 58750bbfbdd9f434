"""An archive says what it has; anything else in it, or anything missing, is damage."""

import io
import json
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.platform.backup.conftest import Keys

from bunri.platform.backup.archive import ArchiveReader, DraftFile, written
from bunri.platform.backup.encryption import read_identities
from bunri.platform.backup.errors import (
    BackupDamaged,
    BackupIdentityMissing,
    BackupNoRoom,
    BackupTooNew,
)
from bunri.platform.backup.manifest import FORMAT, Manifest

PARTS = {"files/secrets/root": b"a secret", "objects/examples/a.jpg": b"a picture" * 9999, "objects/empty": b""}


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return made(tmp_path / "plain.tar")


def made(path: Path, *recipients: str) -> Path:
    draft = DraftFile(path, reserve=0)
    with written(draft, recipients) as archive:
        for name, data in PARTS.items():
            archive.add(name, io.BytesIO(data), len(data), "image/jpeg")
        archive.close(
            Manifest(
                format=FORMAT,
                bunri="0.0.0",
                created_at=datetime(2026, 1, 1, tzinfo=UTC),
                postgres="18",
                secret="x",
                schemas={},
                parts=archive.parts,
            )
        )
    draft.close()
    return path


def reader(path: Path, keys: Keys | None = None) -> ArchiveReader:
    return ArchiveReader(path.name, lambda: path.open("rb"), read_identities(keys.file) if keys else [])


def rebuilt(path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Path:
    """A tar as before with other members."""
    with tarfile.open(path) as tar:
        members = {each.name: file.read() for each in tar if (file := tar.extractfile(each))}
    changed = path.with_name("changed.tar")
    with tarfile.open(changed, "w") as tar:
        for name, data in change(members).items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            tar.addfile(header, io.BytesIO(data))
    return changed


@pytest.mark.parametrize("encrypted", [True, False])
def test_what_was_added_comes_back(tmp_path: Path, keys: Keys, encrypted: bool) -> None:
    found = reader(made(tmp_path / "a", *([keys.public] if encrypted else [])), keys)
    manifest = found.check()
    assert manifest.parts["objects/empty"].content_type == "image/jpeg"
    assert {name: file.read() for name, _, file in found.parts(manifest, lambda _: True)} == PARTS


def test_an_encrypted_one_asks_for_a_key(tmp_path: Path, keys: Keys) -> None:
    with pytest.raises(BackupIdentityMissing):
        reader(made(tmp_path / "a", keys.public)).check()


@pytest.mark.parametrize(
    "change",
    [
        lambda members: {name: data for name, data in members.items() if name != "objects/empty"},
        lambda members: {name: data for name, data in members.items() if name != "manifest.json"},
        lambda members: {name: data for name, data in members.items() if name != "preface.json"},
        lambda members: {**members, "files/secrets/root": b"A secret"},
        lambda members: {**members, "manifest.json": b"{}"},
        lambda members: {**members, "objects/behind-the-manifest": b""},
        lambda members: {"preface.json": members["preface.json"], "objects/another": b"", **members},
        lambda _: {},
    ],
)
def test_another_content_is_damage(plain: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> None:
    with pytest.raises(BackupDamaged):
        reader(rebuilt(plain, change)).check()


@pytest.mark.parametrize("left", [0, 100, 700, 5000, 60_000])
def test_a_missing_end_is_damage(plain: Path, left: int) -> None:
    plain.write_bytes(plain.read_bytes()[:left])
    with pytest.raises(BackupDamaged):
        reader(plain).check()


def test_something_else_is_damage(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"PK\3\4 no archive of ours" * 999)
    with pytest.raises(BackupDamaged):
        reader(tmp_path / "a").check()


def test_a_newer_one_is_told_by_its_first_part(plain: Path) -> None:
    newer = json.dumps({"format": FORMAT + 1, "bunri": "9.0.0"}).encode()
    with pytest.raises(BackupTooNew) as told:
        reader(rebuilt(plain, lambda members: {"preface.json": newer, "of a later time": b""})).check()
    assert told.value.data["made_by"] == "9.0.0"


def test_links_and_folders_are_damage(plain: Path) -> None:
    with tarfile.open(plain) as tar:
        preface = tar.extractfile("preface.json")
        assert preface
        data = preface.read()
    with tarfile.open(plain, "w") as tar:
        header = tarfile.TarInfo("preface.json")
        header.size = len(data)
        tar.addfile(header, io.BytesIO(data))
        link = tarfile.TarInfo("files/secrets/root")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(BackupDamaged):
        reader(plain).check()


def test_a_draft_leaves_room_for_others(tmp_path: Path) -> None:
    draft = DraftFile(tmp_path / "draft", reserve=2**60)
    with pytest.raises(BackupNoRoom):
        draft.write(b"x")
    draft.close()
    assert (tmp_path / "draft").stat().st_mode & 0o777 == 0o600
