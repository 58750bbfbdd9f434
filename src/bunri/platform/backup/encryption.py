"""Encryption by age (age-encryption.org/v1): X25519 for each recipient, ChaCha20-Poly1305 in pieces of 64 KiB.

What was cut off or changed is noticed. That an archive was written by us is not proven: whoever knows a recipient can
write one, so archives are as trustworthy as the place they lie in.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final, cast

import pyrage

from bunri.platform.backup.errors import BackupDamaged, BackupIdentityUnreadable, BackupKeyWrong

_HEADER: Final = b"age-encryption.org/v1"
_LARGEST_IDENTITY_FILE: Final = 2**16
_NO_KEY: Final = "No matching keys found"


def new_identity() -> tuple[str, str]:
    """A private key (``AGE-SECRET-KEY-1…``) and its public one (``age1…``)."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def read_identities(file: Path) -> "list[pyrage.x25519.Identity]":
    """The private keys of a file as ``age-keygen`` writes it: one a line, comments behind ``#``.

    Raises BackupIdentityUnreadable.
    """
    try:
        with file.open("r", encoding="utf-8") as opened:
            lines = opened.read(_LARGEST_IDENTITY_FILE).splitlines()
        keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        found = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except (OSError, UnicodeDecodeError) as error:
        raise BackupIdentityUnreadable(file=str(file), reason=getattr(error, "strerror", None) or "UTF-8") from error
    except pyrage.IdentityError as error:
        raise BackupIdentityUnreadable(file=str(file), reason="AGE-SECRET-KEY-1…") from error
    if not found:
        raise BackupIdentityUnreadable(file=str(file), reason="AGE-SECRET-KEY-1…")
    return found


def is_encrypted(beginning: bytes) -> bool:
    return beginning.startswith(_HEADER)


@contextmanager
def encrypting(file: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """What is written to the yielded file arrives in ``file``, encrypted for each of ``recipients``.

    What ``file`` raises is raised as it was.
    """
    keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    guarded = _Remembering(file)
    with _through_a_pipe(lambda source: pyrage.encrypt_io(source, cast("IO[bytes]", guarded), keys)) as pipe:
        try:
            yield pipe.inlet
        except BrokenPipeError:
            if not guarded.error:
                raise
    if guarded.error:
        raise guarded.error
    if pipe.error:
        raise pipe.error


class _Remembering:
    """A file that keeps what its ``write`` raised: age passes on the words alone."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except Exception as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class _Pipe:
    """A thread between two ends: ``work`` gets the one, and who has the pipe the other."""

    def __init__(self, inlet: IO[bytes]) -> None:
        self.inlet = inlet
        self.error: BaseException | None = None


@contextmanager
def _through_a_pipe(work: Callable[[IO[bytes]], None]) -> Iterator[_Pipe]:
    outlet, inlet = os.pipe()
    pipe = _Pipe(os.fdopen(inlet, "wb"))

    def run() -> None:
        with os.fdopen(outlet, "rb") as source:
            try:
                work(source)
            except BaseException as error:  # raised by whoever waits for the thread
                pipe.error = error

    thread = threading.Thread(target=run, name="age", daemon=True)
    thread.start()
    try:
        yield pipe
    finally:
        with suppress(BrokenPipeError):
            pipe.inlet.close()
        thread.join()


@contextmanager
def decrypting(file: IO[bytes], identities: "Sequence[pyrage.x25519.Identity]", name: str) -> Iterator[IO[bytes]]:
    """A file to read from, with what the encrypted ``file`` holds. At the end of the block everything must have been
    read, or the rest is left unread.

    Raises BackupKeyWrong, and BackupDamaged for what was cut off or changed, in place of whatever the reader made of
    it. ``name`` is for the sentence.
    """
    outlet, inlet = os.pipe()
    failed: list[BaseException] = []
    sink = _Remembering(os.fdopen(inlet, "wb", buffering=0))

    def run() -> None:
        try:
            pyrage.decrypt_io(file, cast("IO[bytes]", sink), identities)
        except BaseException as error:  # raised by whoever reads
            failed.append(error)
        finally:
            sink.close()

    thread = threading.Thread(target=run, name="age", daemon=True)
    thread.start()
    try:
        with os.fdopen(outlet, "rb") as source:
            yield source
    finally:
        thread.join()
        if failed and not isinstance(sink.error, BrokenPipeError):  # that is a reader who left
            raise _translated(failed[0], name) from failed[0]


def _translated(error: BaseException, name: str) -> BaseException:
    if isinstance(error, pyrage.DecryptError):
        return BackupKeyWrong(name=name) if _NO_KEY in str(error) else BackupDamaged(name=name, part="age")
    if isinstance(error, OSError) and error.errno is None:  # of age, about a piece that was changed
        return BackupDamaged(name=name, part="age")
    return error
