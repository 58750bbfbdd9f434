"""Downloads weights from their makers: limited in size, checked, and stored completely or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

import httpx

from bunri.platform.vision.errors import ModelDownloadFailed

Progress = Callable[[int, int | None], None]
"""Bytes so far, and all of them when the server says how many."""

_TIMEOUT: Final = httpx.Timeout(30, connect=10)
_MAX_BYTES: Final = 2**30


def download(
    name: str, url: str, into: Path, *, progress: Progress, sha256: str | None = None, max_bytes: int | None = None
) -> Path:
    """The file at ``url`` as a temporary file in the folder ``into``, for the caller to check further and move.

    Raises ModelDownloadFailed with a ``reason`` and leaves nothing behind.
    """
    into.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=into)
    path = Path(temporary)
    try:
        with os.fdopen(handle, "wb") as file:
            digest = _stream(url, file, max_bytes or _MAX_BYTES, progress)
        if sha256 is not None and digest != sha256:
            raise _WrongFile(f"SHA-256 {digest[:12]}… ≠ {sha256[:12]}…")
    except (httpx.HTTPError, httpx.InvalidURL, _WrongFile, OSError) as error:
        path.unlink()
        raise ModelDownloadFailed(name=name, url=url, reason=str(error) or type(error).__name__) from error
    except BaseException:
        path.unlink()
        raise
    return path


class _WrongFile(Exception):
    """The download is too large or has another checksum."""


def _stream(url: str, file: BinaryIO, max_bytes: int, progress: Progress) -> str:
    """Write the body and return its SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    with httpx.stream("GET", url, follow_redirects=True, timeout=_TIMEOUT) as response:
        response.raise_for_status()
        length = response.headers.get("content-length", "")
        total = int(length) if length.isdecimal() else None
        done = 0
        for chunk in response.iter_bytes():
            done += len(chunk)
            if max(done, total or 0) > max_bytes:
                raise _WrongFile(f"> {max_bytes} bytes")
            file.write(chunk)
            digest.update(chunk)
            progress(done, total)
    return digest.hexdigest()
