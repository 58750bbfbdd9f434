"""``bunri models pull`` of an image–text model."""

import os
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from bunri.domains.recycling.sentences import load_sentences
from bunri.kit.languages import Language, text
from bunri.platform.vision.settings import VisionSettings
from bunri.platform.vision.vocabulary.store import VocabularyStore

_GENTLE: Final = 10


def pull_vocabulary(data: Path, settings: VisionSettings, name: str, lang: Language, *, quiet: bool) -> Path:
    """Fetch a model with its licence and a progress bar on standard error, and embed the sentences about each row;
    ``quiet``: without them and behind everything else. Raises what ``VocabularyStore.pull`` raises."""
    if quiet:
        os.nice(_GENTLE)
    store, console = VocabularyStore.of(data, settings), Console(stderr=True, quiet=quiet)
    if card := store.card(name):
        licence = text(f"vision.licences.{card.licence}", lang)
        console.print(Panel(f"{card.licence}: {licence}\n{card.page}", title=name, expand=False), highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(name, total=None)
        rows = load_sentences().rows
        return store.pull(name, rows, lambda done, total: bar.update(task, completed=done, total=total or None))
