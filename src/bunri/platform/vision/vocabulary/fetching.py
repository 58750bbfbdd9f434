"""Brings one file of a repository: resumed where it was cut, bounded in size, compared with its hash."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from bunri.platform.vision.errors import ModelDownloadFailed, ModelNotWritten
from bunri.platform.vision.vocabulary.cards import PublishedFile

Progress = Callable[[int], None]
"""Bytes of this file that are here."""

TIMEOUT: Final = httpx.Timeout(30, connect=10)
_LARGEST: Final = 2**31
_NOT_RESUMED: Final = 416


def fetch(
    name: str,
    url: str,
    target: Path,
    file: PublishedFile,
    *,
    sha256: str | None,
    progress: Progress,
    timeout: httpx.Timeout = TIMEOUT,
) -> None:
    """Puts the file at ``url`` at ``target``, whole and with the hash ``sha256`` where there is one, or not at all.

    What has come of it stays beside the target, and the next call asks for the rest only, of the same file by its ETag.
    A connection that is cut is taken up again at once, as long as each brought something. Raises ModelDownloadFailed,
    and ModelNotWritten where the disk takes no more; then nothing stays.
    """
    part = target.with_name(f".{target.name}.part")
    tag = target.with_name(f".{target.name}.etag")
    with _told(name, url, part, tag):
        while not _tried(url, part, tag, file, progress, timeout):
            pass
        if sha256 is not None and (found := sha256_of(part)) != sha256:
            raise _WrongFile(f"SHA-256 {found[:12]}… ≠ {sha256[:12]}…")
        part.replace(target)
        tag.unlink(missing_ok=True)


class _WrongFile(Exception):
    """It is too large, or another one: what has come is of no use."""


@contextmanager
def _told(name: str, url: str, part: Path, tag: Path) -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ModelDownloadFailed(name=name, url=url, reason=str(error) or type(error).__name__) from error
    except _WrongFile as error:
        _remove(part, tag)
        raise ModelDownloadFailed(name=name, url=url, reason=str(error)) from error
    except OSError as error:
        _remove(part, tag)
        reason = error.strerror or str(error)
        raise ModelNotWritten(name=name, folder=str(part.parent), reason=reason) from error


def _remove(*files: Path) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _tried(url: str, part: Path, tag: Path, file: PublishedFile, progress: Progress, timeout: httpx.Timeout) -> bool:
    """Whether the file is whole now; False: the connection was cut after it had brought something."""
    before = _size(part)
    try:
        _stream(url, part, tag, file.bytes or _LARGEST, progress, timeout)
    except httpx.TransportError:
        if _size(part) <= before:
            raise
        return False
    if file.bytes is not None and _size(part) != file.bytes:
        raise _WrongFile(f"{_size(part)} bytes ≠ {file.bytes}")
    return True


def _stream(url: str, part: Path, tag: Path, most: int, progress: Progress, timeout: httpx.Timeout) -> None:
    headers = {"Accept-Encoding": "identity", **_rest(part, tag)}
    with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=timeout) as response:
        if response.status_code == _NOT_RESUMED:
            _remove(part, tag)
            raise _WrongFile("HTTP 416")
        response.raise_for_status()
        resumed = response.status_code == httpx.codes.PARTIAL_CONTENT and _starts_at(response) == _size(part)
        done = _size(part) if resumed else 0
        _keep_tag(tag, response)
        with part.open("ab" if resumed else "wb") as written:
            for chunk in response.iter_raw():
                done += len(chunk)
                if done > most:
                    raise _WrongFile(f"> {most} bytes")
                written.write(chunk)
                progress(done)


def _rest(part: Path, tag: Path) -> dict[str, str]:
    """Asks for what is missing, of the file that it was before. Without a tag of it, for everything."""
    if not _size(part) or not tag.is_file():
        return {}
    return {"Range": f"bytes={_size(part)}-", "If-Range": tag.read_text("ascii")}


def _starts_at(response: httpx.Response) -> int:
    """``Content-Range: bytes 100-199/200``; −1 when it says something else."""
    start = response.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
    return int(start) if start.isdecimal() else -1


def _keep_tag(tag: Path, response: httpx.Response) -> None:
    """Only a strong one says that the bytes are the same (RFC 9110 §8.8.1)."""
    found = response.headers.get("etag", "")
    if found.startswith('"') and found.isascii():
        tag.write_text(found, "ascii")
    else:
        tag.unlink(missing_ok=True)


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def sha256_of(file: Path) -> str:
    """In hexadecimal. Raises OSError."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
