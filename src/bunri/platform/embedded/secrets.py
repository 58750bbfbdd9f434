"""Secrets that are generated once per data directory; there is no default secret."""

import os
import re
import secrets
from pathlib import Path


def secret(data: Path, name: str, bytes: int = 32) -> str:  # noqa: A002
    """The secret ``name`` of a data directory: URL-safe text of ``bytes`` random bytes, generated at the first call.

    Two processes that call at once get the same one. Stored in ``data/secrets/name``, readable by its owner alone.
    """
    if not re.fullmatch(r"[a-z0-9_-]{1,64}", name):
        raise ValueError(f"not a name for a secret: {name!r}")
    folder = data / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / name
    if not file.exists():
        _create(file, secrets.token_urlsafe(bytes))
    return file.read_text("utf-8")


def _create(file: Path, content: str) -> None:
    """Put a complete file in place unless another process was faster: a link, unlike a rename, never replaces."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    write_private(draft, content)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def write_private(file: Path, content: str) -> None:
    """Write a file that only its owner can read; it is on the disk before this returns."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
