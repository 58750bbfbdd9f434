"""``bunri models``: the weights of the detectors on this machine, and where to get more."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bunri.app.settings import Settings
from bunri.cli.connection import Connection
from bunri.cli.model_progress import progress
from bunri.cli.options import Data, Lang
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, text
from bunri.kit.sentences import sentence
from bunri.platform.vision.errors import ModelMissing, ModelUnknown
from bunri.platform.vision.settings import NAME
from bunri.platform.vision.store import ModelStore
from bunri.platform.vision.vocabulary.cards import cards as vocabulary_cards
from bunri.platform.vision.vocabulary.state import read_state

models = typer.Typer(help="모델 · Weights of the detectors and of the open vocabulary.", no_args_is_help=True)


def open_store(settings: Settings, data: Path | None) -> ModelStore:
    return ModelStore.of(data or settings.data, settings.vision)


@models.command("list")
def list_models(data: Data = None, lang: Lang = "ko") -> None:
    """Show the models that are here and those that could be fetched."""
    table = Table(*(text(f"vision.cli.{column}", lang) for column in ("name", "licence", "input", "head", "here")))
    settings = Settings()
    for listed in open_store(settings, data).list():
        card = listed.card
        about = (card.licence, str(card.input), card.head) if card else ("–", "–", "–")
        table.add_row(listed.name, *about, "✓" if listed.path else "")
    for row in vocabulary_rows((data or settings.data) / "models", lang):
        table.add_row(*row)
    Console().print(table)


@models.command()
def pull(
    names: Annotated[list[str], typer.Argument(metavar="NAME")],
    url: Annotated[
        str | None, typer.Option(help="A mirror of the same file, or of the hub of an image–text model.")
    ] = None,
    background: Annotated[bool, typer.Option("--background", hidden=True)] = False,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Fetch weights from their makers; their licence is shown first. Sentences are embedded for an image–text model."""
    settings = Settings()
    store = open_store(settings, data)
    for name in names:
        with errors_printed(lang, quiet=background):
            if name not in vocabulary_cards() and store.card(name) is None:
                raise ModelUnknown(name=name, known=_known(store, lang))
            if name in vocabulary_cards():
                from bunri.cli.vocabulary import pull_vocabulary  # what runs it is for few calls

                vision = settings.vision.model_copy(update={"open_vocabulary_url": url}) if url else settings.vision
                typer.echo(pull_vocabulary(data or settings.data, vision, name, lang, quiet=background))
            else:
                typer.echo(pull_shown(store, name, lang, url))


@models.command()
def add(
    path: Path,
    head: Annotated[
        str | None, typer.Option(help="How its outputs are read, where they leave it in doubt: docs/models.md.")
    ] = None,
    classes: Annotated[
        str | None, typer.Option(metavar="COCO-80|FILE", help="Its classes, where it names none: one a line.")
    ] = None,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Copy an ONNX file of one's own into the data directory, once it is seen to run."""
    from bunri.cli.adding import add_model, notes

    settings = Settings()
    store = open_store(settings, data)
    with errors_printed(lang):
        typer.echo(added := add_model(store, path, head, classes))
        for note in notes(store.open(added.stem, settings.vision), lang):
            typer.echo(note, err=True)


@models.command()
def path(name: Annotated[str | None, typer.Argument()] = None, data: Data = None, lang: Lang = "ko") -> None:
    """Print where a model's file lies, or, without a name, the folder of all."""
    store = open_store(Settings(), data)
    with errors_printed(lang):
        typer.echo(store.find(name) if name else store.folder)


@models.command()
def measure(
    folder: Annotated[
        Path, typer.Argument(help="Photos in folders named after items or materials, or exported labels.")
    ],
    name: Annotated[str | None, typer.Option("--model", help="[default: the one in use]", show_default=False)] = None,
    keep: Annotated[bool, typer.Option(help="Keep what was found for the answers.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="One document, for machines.")] = False,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Say how often the open vocabulary is right on photos whose answer is known, and what its scores are worth."""
    from bunri.cli.measuring import measure_vocabulary

    settings = Settings()
    with errors_printed(lang):
        measure_vocabulary(data or settings.data, settings, folder, name, lang, keep=keep, as_json=as_json)


@models.command()
def adapt(
    context: typer.Context,
    status: Annotated[bool, typer.Option("--status", help="Only say what there is.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Back to the version before.")] = False,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write features and labels as JSON lines; nobody's names.")
    ] = None,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Learn from the photos that people here confirmed, as it is done each night; or go back, or look."""
    from bunri.cli.adapting import Adapting  # it loads what compares features

    if sum((status, rollback, export is not None)) > 1:
        raise typer.BadParameter("--status, --rollback, --export")
    connection: Connection = context.obj
    connection.data = data
    adapting = Adapting(connection, lang)
    with errors_printed(lang):
        if rollback:
            raise typer.Exit(adapting.roll_back())
        if export:
            adapting.export(export)
            return
        if not status:
            adapting.learn()
        adapting.show()


@models.command()
def quantize(
    name: str,
    calibrate: Annotated[Path, typer.Option(metavar="DIR", help="Photos like those it will see; inner folders too.")],
    new: Annotated[str | None, typer.Option("--as", metavar="NEWNAME", help="[default: NAME_int8]")] = None,
    most: Annotated[int, typer.Option(min=10, max=2000, help="Photos that are read.")] = 200,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Make an 8-bit version of a detector, and say how far it strays from the original."""
    from bunri.cli.quantising import QuantiseJob, run, table  # onnx and its tools are for this command alone

    job = QuantiseJob(name, new or f"{name}_int8", calibrate, most)
    if not re.fullmatch(NAME, job.new):
        raise typer.BadParameter(job.new, param_hint="--as")
    settings = Settings()
    with errors_printed(lang):
        made = run(
            open_store(settings, data),
            settings,
            job,
            lang,
            lambda path, error: print_error(error, lang, str(path)),
        )
        typer.echo(made.path)
    Console(stderr=True).print(table(made, lang))


def vocabulary_rows(folder: Path, lang: Language) -> Iterator[tuple[str, str, str, str, str]]:
    """A row of ``list`` for each image–text model. A file whose hash nobody knew before is said to be not pinned."""
    for name, card in vocabulary_cards().items():
        pinned = all(file.sha256 for file in card.files.values())
        head = card.interface if pinned else f"{card.interface} ({text('vision.vocabulary.not_pinned', lang)})"
        here = read_state(folder / name, name).phase == "ready"
        yield name, card.licence, str(card.side), head, "✓" if here else ""


def _known(store: ModelStore, lang: Language) -> str:
    """All that can be fetched, by kind, each with its licence."""
    kinds = {
        "detectors": {each.name: each.card.licence for each in store.list() if each.card},
        "image_text": {name: card.licence for name, card in vocabulary_cards().items()},
    }
    return "; ".join(
        text(f"vision.kinds.{kind}", lang, names=", ".join(f"{name} ({licence})" for name, licence in known.items()))
        for kind, known in kinds.items()
    )


def pull_shown(store: ModelStore, name: str, lang: Language, url: str | None = None) -> Path:
    """Fetch with the licence and a progress bar on standard error. Raises what ``ModelStore.pull`` raises."""
    with progress(name, store.card(name), lang) as told:
        return store.pull(name, told, url=url)


def fetch_missing(store: ModelStore, name: str, lang: Language, *, allowed: bool) -> None:
    """Fetch a model that is not here. Raises ModelMissing when that is not allowed, else what ``pull`` raises."""
    try:
        store.find(name)
    except ModelMissing:
        if not allowed:
            raise
        pull_shown(store, name, lang)


def print_error(error: BunriError, lang: Language, about: str | None = None) -> None:
    """The error's sentence in red on standard error."""
    said = sentence(error, lang)
    Console(stderr=True).print(f"{about}: {said}" if about else said, style="red", markup=False, soft_wrap=True)


@contextmanager
def errors_printed(lang: Language, *, quiet: bool = False) -> Iterator[None]:
    """An expected failure becomes a sentence and exit status 1; ``quiet``: the status alone."""
    try:
        yield
    except BunriError as error:
        if not quiet:
            print_error(error, lang)
        raise typer.Exit(1) from error
