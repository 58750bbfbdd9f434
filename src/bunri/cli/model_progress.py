"""What a terminal shows while a model is fetched."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from bunri.kit.languages import Language, text


class Licensed(Protocol):
    @property
    def licence(self) -> str: ...

    @property
    def page(self) -> str: ...


@contextmanager
def progress(
    name: str, card: Licensed | None, lang: Language, *, quiet: bool = False
) -> Iterator[Callable[[int, int | None], None]]:
    """The licence, and a progress bar while the block runs, on standard error; nothing when ``quiet``. Gives what is to
    be told how many bytes have come, and of how many."""
    console = Console(stderr=True, quiet=quiet)
    if card:
        licence = text(f"vision.licences.{card.licence}", lang)
        console.print(Panel(f"{card.licence}: {licence}\n{card.page}", title=name, expand=False), highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
