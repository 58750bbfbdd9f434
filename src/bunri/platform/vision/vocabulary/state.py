"""How far the open vocabulary is on this machine: a small file that any process may read without loading a model."""

import json
import os
import time
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

READY_FILE: Final = "ready.json"
STATE_FILE: Final = "state.json"
SILENT_AFTER_S: Final = 180.0
"""Whoever fetches writes more often: after that long they are gone."""

Phase = Literal["off", "absent", "fetching", "preparing", "ready", "failed"]


class VocabularyState(BaseModel):
    """``absent``: not here, and nobody is fetching it."""

    model_config = ConfigDict(frozen=True)

    phase: Phase
    name: str | None = None
    licence: str | None = None
    page: str | None = None
    done: int = Field(0, description="Bytes that are here, while it is fetched; sentences, while it is prepared.")
    total: int = Field(0, description="Of all bytes or sentences; 0 where it is not known.")
    reason: str | None = Field(None, description="Why the last attempt failed: the code of an error.")


def read_state(folder: Path, name: str) -> VocabularyState:
    """Of the model ``name`` in its folder."""
    ready = (folder / READY_FILE).is_file()
    file = folder / STATE_FILE
    try:
        found = VocabularyState.model_validate_json(file.read_bytes())
        silent = time.time() - file.stat().st_mtime > SILENT_AFTER_S
    except (OSError, ValidationError):
        found, silent = VocabularyState(phase="absent", name=name), False
    if ready:  # also while sentences of a newer version are embedded: the ones of before are used
        return found.model_copy(update={"phase": "ready", "done": 0, "total": 0, "reason": None})
    if found.phase == "ready" or (silent and found.phase in ("fetching", "preparing")):
        return found.model_copy(update={"phase": "absent"})
    return found


def write_json(file: Path, content: object) -> None:
    """In one step: whoever reads sees the one or the other. Raises OSError."""
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    os.replace(temporary, file)  # noqa: PTH105  # the one call for it that says what it does


class StateWriter:
    """Writes the state of a folder, at most once a second while it only counts."""

    def __init__(self, folder: Path, known: VocabularyState) -> None:
        """``known``: what does not change – name, licence, page."""
        self._file, self._known = folder / STATE_FILE, known
        self._phase: Phase | None = None
        self._written = 0.0

    def write(self, phase: Phase, done: int = 0, total: int = 0, reason: str | None = None) -> None:
        now = time.monotonic()
        if phase == self._phase and now - self._written < 1:
            return
        self._phase, self._written = phase, now
        update = {"phase": phase, "done": done, "total": total, "reason": reason}
        write_json(self._file, self._known.model_copy(update=update).model_dump())
