"""The photos that a command is given: files, or folders of them."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from bunri.kit.errors import Missing
from bunri.platform.photos.errors import EmptyPhoto, UnreadableFile

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"})


class NoPhotos(Missing):
    """A folder without a photo that we read."""

    code = "no_photos"


def shown(path: Path | str) -> str:
    """A path as text that can be printed: names of files need not be UTF-8."""
    return os.fsencode(path).decode(errors="replace")


def each_photo(paths: Iterable[Path]) -> Iterator[Path]:
    """The paths, a folder's photos by name in its place. A folder without photos stays, to be refused later."""
    for path in paths:
        yield from _photos_in(path) or [path]


def _photos_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and _may_be_read(path))
    except OSError:  # a file, or unreadable: read_photo reports that
        return []


def _may_be_read(path: Path) -> bool:
    """A file, or a link to nothing: that it cannot be read is told, not passed over."""
    return path.is_file() or (path.is_symlink() and not path.exists())


def read_photo(path: Path, most: int) -> bytes:
    """At most ``most`` bytes of a file. Raises NoPhotos for a folder, UnreadableFile and EmptyPhoto."""
    try:
        with path.open("rb") as file:
            content = file.read(most)
    except IsADirectoryError as error:
        raise NoPhotos from error
    except OSError as error:
        raise UnreadableFile(reason=error.strerror or str(error)) from error
    if not content:
        raise EmptyPhoto
    return content
