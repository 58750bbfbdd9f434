"""Names rows of the rule table by an image–text model that may arrive while the process runs."""

import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from bunri.kit.errors import BunriError
from bunri.platform.vision.errors import ModelBroken
from bunri.platform.vision.protocol import Pixels
from bunri.platform.vision.vocabulary.cards import Interface
from bunri.platform.vision.vocabulary.measured import MEASURED_FILE, UNMEASURED, Worth, read_worth
from bunri.platform.vision.vocabulary.rows import EmbeddedRows, shares
from bunri.platform.vision.vocabulary.state import READY_FILE

if TYPE_CHECKING:
    from bunri.platform.vision.vocabulary.model import OnnxVocabulary

log = structlog.get_logger(__name__)

LEAST: Final = 0.02
"""Rows with a smaller share are left out."""
CLOSED_AFTER_S: Final = 300.0
"""Without a photo for so long, the memory is given back."""


class Ready(BaseModel):
    """``ready.json``: what a process that looks at photos has to know of a prepared model."""

    model_config = ConfigDict(frozen=True)

    interface: Interface
    side: int
    scale: float
    rows: str
    """Name of the file with the embedded sentences."""
    version: str
    """Changes with the model and with the sentences."""
    made_by: str
    """The version of bunri that looked at it last: another one may have other sentences."""


def read_ready(folder: Path) -> Ready | None:
    """None: nothing is prepared there."""
    try:
        return Ready.model_validate_json((folder / READY_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


class OpenedModel:
    """A prepared model with its sentences; both are opened by the first picture.

    Raises ModelBroken for files that are not what they should be, VisionFailed when the runtime fails.
    """

    def __init__(self, folder: Path, name: str, ready: Ready, threads: int, provider: str) -> None:
        self._folder, self._name, self._ready = folder, name, ready
        self._threads, self._provider = threads, provider

    @cached_property
    def model(self) -> "OnnxVocabulary":
        from bunri.platform.vision.vocabulary.model import OnnxVocabulary  # Pillow with it, which others get by without

        ready = self._ready
        return OnnxVocabulary(
            self._folder, self._name, ready.interface, ready.side, threads=self._threads, provider=self._provider
        )

    @cached_property
    def rows(self) -> EmbeddedRows:
        try:
            return EmbeddedRows.load(self._folder / self._ready.rows)
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise ModelBroken(name=self._name) from error

    def shares(self, pixels: Pixels, scale: float) -> dict[str, float]:
        """Of each row, largest first; together 1."""
        near = self.rows.similarities(self.model.embed_pictures([pixels]))
        found = zip(self.rows.labels, shares(near, scale)[0].tolist(), strict=True)
        return dict(sorted(found, key=lambda pair: -pair[1]))


class RowNamer:
    """Names a picture as a ``Namer`` does (vision.protocol), by rows of the rule table and the model in a folder.

    The model may arrive, be measured or be replaced while the process runs: its small files are looked at before each
    photo. The graph is opened by the first photo and closed after some time without one. Where its files are broken it
    is as if it were not there, until they change.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        threads: int = 1,
        provider: str = "CPUExecutionProvider",
        closed_after_s: float = CLOSED_AFTER_S,
    ) -> None:
        self.name = name
        self._folder, self._threads, self._provider = folder, threads, provider
        self._closed_after_s = closed_after_s
        self._seen: tuple[int, int] | None = None
        self._ready: Ready | None = None
        self._worth: Worth | None = None
        self._opened: OpenedModel | None = None
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    @property
    def here(self) -> bool:
        return self._current() is not None

    @property
    def version(self) -> str:
        """Of model, sentences and what its scores are worth: each changes what is said of a picture."""
        ready = self._current()
        if ready is None:
            return "none"
        return f"{ready.version}-{self._worth.version}" if self._worth else ready.version

    def name_picture(self, pixels: Pixels) -> dict[str, float]:
        """Rows with their shares, largest first, as far as the model is to be believed: together at most its
        reliability. Empty where there is no model or it fails, since others look at the picture, too."""
        ready = self._current()
        if ready is None:
            return {}
        scale = self._worth.scale if self._worth else ready.scale
        reliability = self._worth.reliability if self._worth else UNMEASURED
        try:
            found = self._open(ready).shares(pixels, scale)
        except BunriError as error:
            log.warning("vocabulary.failed", model=self.name, reason=str(error))
            self._ready = None
            return {}
        believed = {row: round(share * reliability, 4) for row, share in found.items()}
        return {row: share for row, share in believed.items() if share >= LEAST}

    def close(self) -> None:
        """Gives the memory back; the next photo opens the model again."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._timer = self._opened = None

    def _current(self) -> Ready | None:
        """What is prepared now. Two small files, and only when one has changed."""
        seen = (_changed(self._folder / READY_FILE), _changed(self._folder / MEASURED_FILE))
        if seen != self._seen:
            self.close()
            self._ready = read_ready(self._folder)
            self._worth = read_worth(self._folder, self._ready.version) if self._ready else None
            self._seen = seen
        return self._ready

    def _open(self, ready: Ready) -> OpenedModel:
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._timer = threading.Timer(self._closed_after_s, self.close)
            self._timer.daemon = True
            self._timer.start()
            if self._opened is None:
                self._opened = OpenedModel(self._folder, self.name, ready, self._threads, self._provider)
            return self._opened


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
