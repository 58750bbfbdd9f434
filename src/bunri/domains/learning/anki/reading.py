"""A file of cards is read by a process of its own, which is killed when it asks for too much."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import orjson
import structlog
from pydantic import ValidationError

from bunri.domains.learning import errors
from bunri.domains.learning.anki.brought import BroughtCard
from bunri.domains.learning.anki.report import Report
from bunri.kit.errors import BunriError, Full

log = structlog.get_logger(__name__)

_PROGRAM: Final = (sys.executable, "-P", "-W", "ignore", "-m", "bunri.domains.learning.anki.reader")
"""-P: a file of the working directory must not be taken for a module."""
_INHERITED: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
_LONGEST_LINE: Final = 4 * 2**20
_LINE_WITHIN_S: Final = 150.0
"""More than the processor time that it may take as a whole."""
_SPENT: Final = frozenset({signal.SIGXCPU, signal.SIGKILL})
_ERRORS: Final[dict[str, type[BunriError]]] = {
    kind.code: kind
    for kind in (
        errors.NotAPackage,
        errors.UnsafePackage,
        errors.PackageTooLarge,
        errors.PackageTooNew,
        errors.CollectionBroken,
        errors.NotATable,
        errors.NotADeckFile,
        errors.ReadingTooCostly,
        Full,
    )
}


class Reading:
    """``total``: how many cards there may be, once the first was read; ``report``: what was left out, at the end."""

    def __init__(self, kind: str, file: Path, folder: Path) -> None:
        self._kind = kind
        self._file = file
        self._folder = folder
        self.total = 0
        self.report = Report()

    def picture(self, number: str) -> Path:
        """The file of a picture that a card names."""
        return self._folder / number

    async def cards(self) -> AsyncGenerator[BroughtCard, None]:
        """In the order of the file, which is the same each time.

        Raises NotAPackage, UnsafePackage, PackageTooLarge, PackageTooNew, CollectionBroken, NotATable, NotADeckFile,
        ReadingTooCostly, Full."""
        process = await asyncio.create_subprocess_exec(
            *_PROGRAM,
            self._kind,
            str(self._file),
            str(self._folder),
            str(os.getpid()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
            limit=_LONGEST_LINE,
        )
        try:
            async for card in self._of(process):
                yield card
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _of(self, process: asyncio.subprocess.Process) -> AsyncGenerator[BroughtCard, None]:
        while True:
            message = await _message(process)
            if message is None:
                raise await _died(process)
            if "card" in message:
                try:
                    yield BroughtCard.model_validate(message["card"])
                except ValidationError:
                    self.report.add("card_broken", str(message["card"])[:60])
            elif "error" in message:
                raise _ERRORS.get(str(message["error"]), errors.CollectionBroken)
            elif "total" in message:
                self.total = int(message["total"])
            elif "left_out" in message:
                self.report.merge(message["left_out"])
            else:
                return


async def _message(process: asyncio.subprocess.Process) -> dict[str, Any] | None:
    assert process.stdout  # noqa: S101
    try:
        async with asyncio.timeout(_LINE_WITHIN_S):
            line = await process.stdout.readline()
    except (TimeoutError, ValueError) as error:  # ValueError: a line without an end
        raise errors.ReadingTooCostly from error
    if not line.endswith(b"\n"):
        return None
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise errors.CollectionBroken from error
    if not isinstance(found, dict):
        raise errors.CollectionBroken
    return found


async def _died(process: asyncio.subprocess.Process) -> BunriError:
    status = await process.wait()
    log.warning("import.reader_died", status=status)
    return errors.ReadingTooCostly() if -status in _SPENT else errors.CollectionBroken()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in _INHERITED or name.startswith("PYTHON")}
    return kept | {"MALLOC_ARENA_MAX": "1"}
