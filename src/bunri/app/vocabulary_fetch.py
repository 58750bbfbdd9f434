"""Brings the open vocabulary beside a running ``bunri up``: without it everything works, so nothing waits for it."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bunri import __version__
from bunri.app.settings import Settings
from bunri.platform.vision.vocabulary.place import Place
from bunri.platform.vision.vocabulary.state import READY_FILE

FIRST_AFTER_S: Final = 20.0
"""The first minute belongs to who waits for the page."""
_SOON_S, _LATEST_S = 300.0, 6 * 3600.0
"""Between attempts that failed: ever longer, since most often there is no network."""


class VocabularyFetch(threading.Thread):
    """Runs ``bunri models pull NAME --background`` until it succeeds; at most once a start where all is there.

    ``run`` starts a command of bunri and gives its exit status.
    """

    def __init__(self, settings: Settings, run: Callable[..., int], *, first_after_s: float = FIRST_AFTER_S) -> None:
        super().__init__(name="vocabulary", daemon=True)
        self._place = Place.of(settings.data, settings.vision) if settings.vision.fetch else None
        self._run, self._first_after_s = run, first_after_s
        self._stopped = threading.Event()

    def run(self) -> None:
        wait, again = self._first_after_s, _SOON_S
        while self._place and not is_current(self._place.folder) and not self._stopped.wait(wait):
            if self._run("models", "pull", self._place.name, "--background") == 0:
                return
            wait, again = again, min(2 * again, _LATEST_S)

    def stop(self) -> None:
        """No other attempt begins."""
        self._stopped.set()


def is_current(folder: Path) -> bool:
    """Whether this version of bunri has prepared the model there, or seen that it need not be prepared anew."""
    try:
        return bool(json.loads((folder / READY_FILE).read_bytes())["made_by"] == __version__)
    except (OSError, ValueError, KeyError, TypeError):
        return False
