"""Fetches and prepares open-vocabulary models in ``<data>/models/NAME/``; whole or not at all, and taken up again."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import httpx
import numpy as np
from pydantic import BaseModel, TypeAdapter, ValidationError

from bunri import __version__
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language
from bunri.kit.sizes import size_in_words
from bunri.platform.vision.errors import ModelDownloadFailed, ModelNotWritten, ModelUnknown
from bunri.platform.vision.settings import VisionSettings
from bunri.platform.vision.vocabulary.cards import Part, Sha256, VocabularyCard, cards
from bunri.platform.vision.vocabulary.fetching import TIMEOUT, fetch, sha256_of
from bunri.platform.vision.vocabulary.model import OnnxVocabulary
from bunri.platform.vision.vocabulary.namer import Ready, read_ready
from bunri.platform.vision.vocabulary.preparing import take_apart
from bunri.platform.vision.vocabulary.protocol import Embeddings
from bunri.platform.vision.vocabulary.rows import EmbeddedRows
from bunri.platform.vision.vocabulary.state import READY_FILE, StateWriter, VocabularyState, write_json

FETCHED_FILE: Final = "fetched.json"
ROOM_LEFT: Final = 500 * 2**20
"""What has to stay free on the disk: a database beside it needs room more than we do."""
_FILES: Final[Mapping[Part, str]] = {
    "vision": "vision.onnx",
    "text": "text.onnx",
    "both": "both.onnx",
    "tokenizer": "tokenizer.json",
}
_AT_ONCE: Final = 16

Progress = Callable[[int, int], None]
"""Bytes that are here, and of all files."""
Described = Mapping[str, Mapping[Language, Sequence[str]]]
"""Rows with the sentences that describe them, by language."""


class FetchedFile(BaseModel):
    """A file as it came. ``pinned``: its hash was known before."""

    sha256: Sha256
    bytes: int
    changed: int
    pinned: bool
    at: datetime


_Fetched: Final = TypeAdapter(dict[Part, FetchedFile])


class VocabularyStore:
    def __init__(
        self,
        folder: Path,
        base: str,
        *,
        hashes: Mapping[str, str] | None = None,
        registry: Mapping[str, VocabularyCard] | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        """``folder`` holds one folder a model; ``base`` is the hub's address, ``hashes`` the operator's own by part."""
        self._folder, self._base = folder, base
        self._hashes = hashes or {}
        self._cards = cards() if registry is None else registry
        self._timeout, self._free = timeout, free

    @classmethod
    def of(cls, data: Path, settings: VisionSettings) -> Self:
        """The store of a data directory."""
        return cls(data / "models", settings.open_vocabulary_url, hashes=settings.open_vocabulary_sha256)

    def card(self, name: str) -> VocabularyCard | None:
        return self._cards.get(name)

    def folder(self, name: str) -> Path:
        return self._folder / name

    def pull(self, name: str, described: Described, progress: Progress) -> Path:
        """Fetches what is missing of a model and embeds the sentences about each row; its folder.

        Files that are here already, with the right hash, are kept: they may have been carried there by hand. Raises
        ModelUnknown, ModelDownloadFailed, ModelNotWritten, ModelBroken, VisionFailed. What goes wrong is written into
        the folder for others to tell.
        """
        card = self._cards.get(name)
        if card is None:
            raise ModelUnknown(name=name, known=", ".join(self._cards))
        folder = self.folder(name)
        with _alone(folder, name):
            state = StateWriter(
                folder, VocabularyState(phase="absent", name=name, licence=card.licence, page=card.page)
            )
            try:
                self._have_files(name, card, folder, state, progress)
                self._prepare(name, card, folder, described, state)
                state.write("ready")
            except BunriError as error:
                with suppress(OSError):  # a disk that is full takes no words about it either
                    state.write("failed", reason=error.code)
                raise
            except OSError as error:
                raise ModelNotWritten(name=name, folder=str(folder), reason=error.strerror or str(error)) from error
        return folder

    # ── fetching ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _have_files(
        self, name: str, card: VocabularyCard, folder: Path, state: StateWriter, progress: Progress
    ) -> None:
        fetched = read_fetched(folder)
        missing = [part for part in card.files if not self._is_here(part, card, folder, fetched)]
        self._check_room(name, card, missing, folder)
        total, here = card.bytes, sum(card.files[part].bytes or 0 for part in card.files if part not in missing)
        for part in missing:

            def tell(done: int, before: int = here) -> None:
                state.write("fetching", before + done, total)
                progress(before + done, total)

            self._fetch(name, card, part, folder, fetched, tell)
            here += _size(folder / _FILES[part])

    def _is_here(self, part: Part, card: VocabularyCard, folder: Path, fetched: dict[Part, FetchedFile]) -> bool:
        """By its hash; a file that was hashed before and has not changed since is not read again."""
        file, known = folder / _FILES[part], fetched.get(part)
        if not file.is_file():
            return False
        wanted = self._sha256(part, card)
        if known and (known.bytes, known.changed) == (_size(file), file.stat().st_mtime_ns):
            return wanted is None or known.sha256 == wanted
        if sha256_of(file) != wanted:
            return False
        self._remember(part, folder, fetched, wanted)
        return True

    def _sha256(self, part: Part, card: VocabularyCard) -> str | None:
        """The operator's word counts more than the registry's."""
        return self._hashes.get(part) or card.files[part].sha256

    def _check_room(self, name: str, card: VocabularyCard, missing: Sequence[Part], folder: Path) -> None:
        needed = sum((card.files[part].bytes or 0) * (2 if part == "both" else 1) for part in missing)
        if missing and (free := self._free(folder)) < needed + ROOM_LEFT:
            words = f"{size_in_words(needed + ROOM_LEFT)} > {size_in_words(free)}"
            raise ModelNotWritten(name=name, folder=str(folder), reason=words)

    def _fetch(
        self,
        name: str,
        card: VocabularyCard,
        part: Part,
        folder: Path,
        fetched: dict[Part, FetchedFile],
        tell: Callable[[int], None],
    ) -> None:
        wanted = self._sha256(part, card)
        url, target = card.address(self._base, part), folder / _FILES[part]
        before = fetched.get(part)
        sha256 = wanted or (before.sha256 if before else None)  # not pinned: what came first is what must come again
        fetch(name, url, target, card.files[part], sha256=sha256, progress=tell, timeout=self._timeout)
        self._remember(part, folder, fetched, wanted)
        (folder / READY_FILE).unlink(missing_ok=True)

    def _remember(self, part: Part, folder: Path, fetched: dict[Part, FetchedFile], wanted: str | None) -> None:
        file = folder / _FILES[part]
        fetched[part] = FetchedFile(
            sha256=wanted or sha256_of(file),
            bytes=_size(file),
            changed=file.stat().st_mtime_ns,
            pinned=wanted is not None,
            at=datetime.now(UTC),
        )
        write_json(folder / FETCHED_FILE, _Fetched.dump_python(fetched, mode="json"))

    # ── preparing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _prepare(self, name: str, card: VocabularyCard, folder: Path, described: Described, state: StateWriter) -> None:
        """Embeds the sentences in the model's languages, unless that was done with these very files and sentences."""
        rows = {
            row: [each for language in card.languages for each in said[language]] for row, said in described.items()
        }
        version = _version(read_fetched(folder), rows)
        known = read_ready(folder)
        if known and known.version == version and (folder / known.rows).is_file():
            write_json(folder / READY_FILE, known.model_copy(update={"made_by": __version__}).model_dump())
            return
        if "both" in card.files:
            take_apart(folder / _FILES["both"], folder, name)
        model = OnnxVocabulary(folder, name, card.interface, card.side)
        sentences = [sentence for said in rows.values() for sentence in said]
        embedded = _embedded(model, sentences, state)
        file = f"rows-{version}.npz"
        EmbeddedRows.of(rows, embedded).save(folder / file)
        ready = Ready(
            interface=card.interface,
            side=card.side,
            scale=card.scale,
            rows=file,
            version=version,
            made_by=__version__,
        )
        write_json(folder / READY_FILE, ready.model_dump())
        for old in folder.glob("rows-*.npz"):
            if old.name != file:
                old.unlink()


def _embedded(model: OnnxVocabulary, sentences: Sequence[str], state: StateWriter) -> Embeddings:
    parts = []
    for at in range(0, len(sentences), _AT_ONCE):
        state.write("preparing", at, len(sentences))
        parts.append(model.embed_texts(sentences[at : at + _AT_ONCE]))
    return np.concatenate(parts)


def read_fetched(folder: Path) -> dict[Part, FetchedFile]:
    """What has come, by part; empty where nothing has."""
    try:
        return _Fetched.validate_json((folder / FETCHED_FILE).read_bytes())
    except (OSError, ValidationError):
        return {}


def _version(fetched: Mapping[Part, FetchedFile], rows: Mapping[str, Sequence[str]]) -> str:
    """Eight hex digits of model and sentences."""
    digest = hashlib.sha256()
    for part in sorted(fetched):
        digest.update(f"{part} {fetched[part].sha256}\n".encode())
    for row, sentences in rows.items():
        digest.update("\n".join((row, *sentences, "")).encode())
    return digest.hexdigest()[:8]


@contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    """Only one process at a time fetches into a folder. Raises ModelDownloadFailed, ModelNotWritten."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise ModelNotWritten(name=name, folder=str(folder), reason=error.strerror or str(error)) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ModelDownloadFailed(name=name, url=str(folder), reason="another process fetches it") from error
        yield


def _size(file: Path) -> int:
    return file.stat().st_size
