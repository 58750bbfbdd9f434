"""Archives are encrypted by age; whoever has another key, or half a file, is told so."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.platform.backup.conftest import Keys

from bunri.platform.backup.encryption import decrypting, encrypting, is_encrypted, read_identities
from bunri.platform.backup.errors import BackupDamaged, BackupIdentityUnreadable, BackupKeyWrong

SECRET = b"what nobody may read " * 20_000


def encrypted(*recipients: str) -> bytes:
    out = io.BytesIO()
    with encrypting(out, recipients) as file:
        file.write(SECRET)
    return out.getvalue()


def opened(data: bytes, keys: Keys) -> bytes:
    with decrypting(io.BytesIO(data), read_identities(keys.file), "a.tar.age") as file:
        return file.read()


def test_each_recipient_reads_it_and_nobody_else(make_keys: Callable[[str], Keys]) -> None:
    one, two, other = (make_keys(name) for name in ("one", "two", "other"))
    data = encrypted(one.public, two.public)
    assert is_encrypted(data)
    assert b"nobody may read" not in data
    assert opened(data, one) == opened(data, two) == SECRET
    with pytest.raises(BackupKeyWrong):
        opened(data, other)


@pytest.mark.parametrize("at", [5, 30, 250, 200_000])
def test_a_changed_byte_is_noticed(keys: Keys, at: int) -> None:
    data = bytearray(encrypted(keys.public))
    data[at] ^= 1
    with pytest.raises((BackupDamaged, BackupKeyWrong)):  # in the header it looks like a key of somebody else
        opened(bytes(data), keys)


@pytest.mark.parametrize("bytes_left", [0, 40, 150, 300, 200_000, -1])
def test_a_missing_end_is_noticed(keys: Keys, bytes_left: int) -> None:
    with pytest.raises(BackupDamaged):
        opened(encrypted(keys.public)[:bytes_left], keys)


def test_who_stops_reading_is_left_alone(keys: Keys) -> None:
    with decrypting(io.BytesIO(encrypted(keys.public)), read_identities(keys.file), "a.tar.age") as file:
        assert file.read(4) == SECRET[:4]


def test_a_disk_that_fails_is_told_as_it_is(keys: Keys) -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"), encrypting(Full(), [keys.public]) as file:
        file.write(SECRET * 10)


@pytest.mark.parametrize(
    "content", [b"", b"# only a comment\n", b"age1notprivate\n", b"\xff\xfe", b"AGE-SECRET-KEY-1X\n"]
)
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "identity"
    file.write_bytes(content)
    with pytest.raises(BackupIdentityUnreadable):
        read_identities(file)
    with pytest.raises(BackupIdentityUnreadable):
        read_identities(tmp_path / "missing")
