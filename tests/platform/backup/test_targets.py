"""A folder and a bucket keep archives alike."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bunri.platform.backup.errors import BackupDamaged, BackupMissing, BackupTargetUnusable
from bunri.platform.backup.manifest import DrillResult, Summary
from bunri.platform.backup.targets import FolderTarget, S3Target, Target, open_target

NAME = "bunri-20260101t000000z.tar.age"


def summary(name: str, day: int) -> bytes:
    return (
        Summary(
            format=1,
            bunri="0.1.0",
            name=name,
            created_at=datetime(2026, 1, day, tzinfo=UTC),
            size=4,
            sha256="x",
            encrypted=True,
            seconds=1,
            rows=2,
            objects=3,
        )
        .model_dump_json()
        .encode()
    )


def draft(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "draft"
    path.write_bytes(data)
    return path


def test_a_file_comes_back(target: Target, tmp_path: Path) -> None:
    data = bytes(range(256)) * 99_999  # more than S3 is asked for at once
    target.put(NAME, path := draft(tmp_path, data))
    assert not path.exists()
    with target.open(NAME) as file:
        assert file.read() == data
    assert target.sha256(NAME)[0] == len(data)
    target.delete(NAME)
    target.delete(NAME)
    with pytest.raises(BackupMissing):
        target.open(NAME).read()


def test_an_archive_is_there_with_its_summary(target: Target, tmp_path: Path) -> None:
    other = NAME.replace("0101", "0102")
    for name in (NAME, other, NAME.replace("0101", "0103")):
        target.put(name, draft(tmp_path, b"data"))
    target.write(f"{NAME}.json", summary(NAME, 1))
    target.write(f"{other}.json", summary(other, 2))
    target.write("wal/123/0000000100000000000000a1.age", b"log")
    assert [each.name for each in target.archives()] == [other, NAME]
    assert target.files("wal/") == ["wal/123/0000000100000000000000a1.age"]
    assert "wal/123/0000000100000000000000a1.age" not in target.files()
    target.remove(other)
    assert [each.name for each in target.archives()] == [NAME]
    target.write(f"{NAME}.json", b"{")
    with pytest.raises(BackupDamaged):
        target.archives()


def test_the_last_drill_is_noted(target: Target) -> None:
    assert target.drill() is None
    result = DrillResult(name=NAME, at=datetime(2026, 1, 1, tzinfo=UTC), ok=True, seconds=3)
    target.note_drill(result)
    assert target.drill() == result
    target.delete("drill.json")


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BackupTargetUnusable):
        FolderTarget(tmp_path / "file").write("a", b"")


def test_a_bucket_that_is_not_there_answers_with_a_sentence_and_no_password() -> None:
    target = S3Target("s3://key:hidden@127.0.0.1:9/bunri?tls=false")
    with pytest.raises(BackupTargetUnusable) as told:
        target.files()
    assert "hidden" not in str(told.value.data)
    target.close()


@pytest.mark.parametrize(
    ("url", "label"),
    [("/a/b", "/a/b"), ("file:///a/b", "/a/b"), ("s3://k:s@host:1/bucket?tls=false", "s3://host:1/bucket")],
)
def test_addresses(url: str, label: str) -> None:
    target = open_target(url)
    assert target.label == label
    target.close()


def test_other_addresses_are_refused() -> None:
    with pytest.raises(ValueError, match="ftp"):
        open_target("ftp://host/folder")
