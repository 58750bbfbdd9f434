"""The ZIP file with everything that is kept of a person."""

import time
from collections.abc import Sequence
from datetime import datetime
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson

_README: Final = "README.txt"


class Archive:
    """Is written to ``path`` piece by piece; of the whole only the list of names is in memory."""

    def __init__(self, path: Path, made_at: datetime) -> None:
        self._zip = ZipFile(path, "w")
        self._time = time.gmtime(made_at.timestamp())[:6]
        self.add_text(_README, resources.files(__package__).joinpath("data/export.txt").read_text("utf-8"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    def add_document(self, name: str, document: dict[str, Any]) -> None:
        """What one domain keeps, as ``<name>.json``."""
        written = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        self._add(f"{name}.json", written, ZIP_DEFLATED)

    def add_picture(self, key: str, data: bytes) -> None:
        """Under the name by which the documents know it."""
        self._add(key, data, ZIP_STORED)

    def add_missing(self, keys: Sequence[str]) -> None:
        """Pictures that a document names and that are gone already."""
        if keys:
            self.add_text("missing.txt", "".join(f"{key}\n" for key in keys))

    def add_text(self, name: str, text: str) -> None:
        self._add(name, text.encode(), ZIP_DEFLATED)

    def _add(self, name: str, data: bytes, method: int) -> None:
        info = ZipInfo(name, self._time)
        info.compress_type = method
        info.external_attr = 0o600 << 16
        self._zip.writestr(info, data)
