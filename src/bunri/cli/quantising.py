"""``bunri models quantize``: its pictures, its progress and its table."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from bunri.app.settings import Settings
from bunri.cli.photos import SUFFIXES, NoPhotos, read_photo
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, text
from bunri.platform.photos.errors import UnreadableFile
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.pool import DecoderPool
from bunri.platform.vision.errors import ModelExists, ModelNotWritten, ModelQuantised, TooFewPictures
from bunri.platform.vision.inputs import Feed
from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.protocol import Pixels
from bunri.platform.vision.quantise.agreement import Agreement
from bunri.platform.vision.quantise.compare import Comparison, compare, divided
from bunri.platform.vision.quantise.graph import is_quantised, made_here, quantise
from bunri.platform.vision.store import ModelStore

LEAST: Final = 10
"""Fewer pictures show too little of the range of a network's activations."""

Skipped = Callable[[Path, BunriError], None]


@dataclass(frozen=True, slots=True)
class Quantised:
    """The new file, the old one, and how they compare on so many pictures, none of which it may have seen before."""

    path: Path
    source: Path
    comparison: Comparison
    pictures: int
    unseen: bool


@dataclass(frozen=True, slots=True)
class QuantiseJob:
    """Model ``name`` in 8 bits as ``new``, by at most ``most`` pictures of ``folder``."""

    name: str
    new: str
    folder: Path
    most: int


def run(store: ModelStore, settings: Settings, job: QuantiseJob, lang: Language, skipped: Skipped) -> Quantised:
    """Shows progress on a terminal's standard error.

    Raises what ``ModelStore.open`` raises, ModelQuantised, ModelExists, UnreadableFile, NoPhotos, TooFewPictures,
    ModelNotQuantisable, ModelNotWritten.
    """
    exact = store.open(job.name, settings.vision)
    _check_names(store, job)
    with _progress() as progress:
        paths = progress.track(photos_in(job.folder, job.most), description=text("vision.quantise.reading", lang))
        with closing(DecoderPool(settings.decoders)) as decoders:
            pictures = list(_canvases(exact, decoders, paths, skipped))
        if len(pictures) < LEAST:
            raise TooFewPictures(found=len(pictures), least=LEAST)
        learnt, held = divided(pictures, LEAST)
        shown = progress.track(learnt, description=text("vision.quantise.calibrating", lang))
        feeds = (exact.prepare(picture)[1] for picture in shown)
        path = store.write(job.new, _in_8_bits(store, job, f"{exact.name}@{exact.version}", feeds))
        small = store.open(job.new, settings.vision)
        compared = compare(exact, small, progress.track(held, description=text("vision.quantise.comparing", lang)))
    return Quantised(path, store.find(job.name), compared, len(held), learnt is not held)


def photos_in(folder: Path, most: int) -> list[Path]:
    """At most so many photos of a folder and those inside it, spread over all of them by name.

    Raises UnreadableFile, NoPhotos.
    """
    if not folder.is_dir():
        raise UnreadableFile(reason=str(folder))
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not found:
        raise NoPhotos
    count = min(most, len(found))
    return [found[number * len(found) // count] for number in range(count)]


def table(made: Quantised, lang: Language) -> Table:
    """The exact model, the new one, and the reference."""
    columns = ("model", "ap50", "recall", "precision", "score", "look", "size")
    shown = Table(*(text(f"vision.quantise.{column}", lang) for column in columns), caption=_caption(made, lang))
    compared = made.comparison
    times, sizes = (compared.exact_s, compared.quantised_s), (_size(made.source), _size(made.path))
    shown.add_row(made.source.stem, "", "", "", "", _ms(times[0]), _mb(sizes[0]))
    shown.add_row(
        made.path.stem,
        *_grades(compared.quantised),
        f"{_ms(times[1])} ({times[0] / times[1]:.2f} ×)",
        f"{_mb(sizes[1])} ({sizes[1] / sizes[0]:.0%})",
    )
    shown.add_row(text("vision.quantise.resaved", lang), *_grades(compared.resaved), "", "")
    return shown


def _check_names(store: ModelStore, job: QuantiseJob) -> None:
    """Only models that quantising made may be replaced, never an original or a model that somebody added."""
    if is_quantised(store.find(job.name)):
        raise ModelQuantised(name=job.name)
    here = {listed.name: listed.path for listed in store.list()}
    taken = here.get(job.new)
    if job.new in here and (taken is None or not made_here(taken)):
        raise ModelExists(name=job.new)


def _canvases(
    detector: OnnxDetector, decoders: DecoderPool, paths: Iterable[Path], skipped: Skipped
) -> Iterator[Pixels]:
    """Photos as the detector sees them, without those that cannot be read."""
    limits = PhotoLimits()
    for path in paths:
        try:
            yield detector.canvas(decoders.picture(read_photo(path, limits.max_bytes + 1), limits).result().pixels)
        except BunriError as error:
            skipped(path, error)


def _in_8_bits(store: ModelStore, job: QuantiseJob, source: str, feeds: Iterable[Feed]) -> bytes:
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        return quantise(store.find(job.name), source, feeds, store.folder)
    except OSError as error:
        raise ModelNotWritten(name=job.new, folder=str(store.folder), reason=error.strerror or str(error)) from error


def _caption(made: Quantised, lang: Language) -> str:
    graded = made.comparison.quantised
    if graded is None:
        return text("vision.quantise.nothing", lang, pictures=made.pictures)
    return text(
        f"vision.quantise.{'unseen' if made.unseen else 'seen'}", lang, pictures=made.pictures, objects=graded.objects
    )


def _grades(graded: Agreement | None) -> Sequence[str]:
    if graded is None:
        return ("–",) * 4
    shares = (f"{share * 100:.1f}" for share in (graded.ap50, graded.recall, graded.precision))
    return (*shares, f"±{graded.score_difference:.3f}")


def _size(path: Path) -> int:
    return path.stat().st_size


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms"


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
