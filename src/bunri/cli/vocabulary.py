"""``bunri models pull`` of an image–text model."""

import os
from pathlib import Path
from typing import Final

from bunri.cli.model_progress import progress
from bunri.domains.recycling.sentences import load_sentences
from bunri.kit.languages import Language
from bunri.platform.vision.settings import VisionSettings
from bunri.platform.vision.vocabulary.store import VocabularyStore

_GENTLE: Final = 10


def pull_vocabulary(data: Path, settings: VisionSettings, name: str, lang: Language, *, quiet: bool) -> Path:
    """Fetch a model with its licence and a progress bar on standard error, and embed the sentences about each row;
    ``quiet``: without them and behind everything else. Raises what ``VocabularyStore.pull`` raises."""
    if quiet:
        os.nice(_GENTLE)
    store, rows = VocabularyStore.of(data, settings), load_sentences().rows
    with progress(name, store.card(name), lang, quiet=quiet) as told:
        return store.pull(name, rows, told)
