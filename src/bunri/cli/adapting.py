"""``bunri models adapt``: the bank of photos that people of this installation confirmed."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import typer
from rich.console import Console
from rich.table import Table

from bunri.cli.connection import Connection
from bunri.domains.waste.field_bank.calibration import Worth
from bunri.domains.waste.records import ConfirmedRow, FieldVersion
from bunri.domains.waste.service.field_learning import FieldLearning
from bunri.kit.languages import Language, text

T = TypeVar("T")
_COLUMNS = ("number", "state", "said_until", "photos", "people", "networks", "both", "stated", "reason")


class Adapting:
    def __init__(self, connection: Connection, lang: Language) -> None:
        self._connection, self._lang = connection, lang

    def learn(self) -> None:
        """Makes the next version now."""
        if self._with(FieldLearning.learn) is None:
            typer.echo(text("waste.field.nothing_new", self._lang))

    def show(self) -> None:
        """Prints what there is to learn from, and the versions."""
        status = self._with(FieldLearning.status)
        if status.versions:
            table = Table(*(text(f"waste.field.{column}", self._lang) for column in _COLUMNS))
            for version in status.versions:
                table.add_row(*self._row(version))
            Console(highlight=False).print(table)
        number = status.heard.number if status.heard else 0
        said = "heard" if status.heard else "not_heard"
        typer.echo(text(f"waste.field.{said}", self._lang, number=number, photos=status.photos))
        if status.other_networks:
            typer.echo(text("waste.field.others", self._lang, count=status.other_networks))
        if not self._connection.given.waste.field_learning:
            typer.echo(text("waste.field.off", self._lang))

    def roll_back(self) -> int:
        """Back to the version before; 1 when there is nothing to go back from."""
        version = self._with(FieldLearning.roll_back)
        said = "rolled_back" if version else "nothing_to_roll_back"
        typer.echo(text(f"waste.field.{said}", self._lang, number=version.number if version else 0))
        return 0 if version else 1

    def export(self, file: Path) -> None:
        """Writes what is heard, a line for each photo; people are numbers that mean nothing elsewhere."""
        rows = self._with(FieldLearning.confirmed)
        people = {person: number for number, person in enumerate(dict.fromkeys(row.contributor for row in rows))}
        with file.open("w", encoding="utf-8") as opened:
            opened.writelines(json.dumps(_exported(row, people[row.contributor])) + "\n" for row in rows)
        typer.echo(text("waste.field.exported", self._lang, count=len(rows), file=file))

    def _row(self, version: FieldVersion) -> tuple[str, ...]:
        state = text(f"waste.field.states.{version.state}", self._lang)
        reason = text(f"waste.field.reasons.{version.reason}", self._lang) if version.reason else ""
        about = (str(version.number), state, f"{version.until:%Y-%m-%d %H:%M}")
        if version.worth is None:
            return (*about, str(version.photos), "", "", "", "", reason)
        worth = Worth.model_validate(version.worth)
        by_networks, both = (f"{hits / worth.photos:.0%}" for hits in (worth.right_by_networks, worth.right))
        stated = f"{worth.answered / worth.photos:.0%}, {worth.answered_right}/{worth.answered}"
        return (*about, str(worth.photos), str(worth.people), by_networks, both, stated, reason)

    def _with(self, call: Callable[[FieldLearning], Awaitable[T]]) -> T:
        async def run() -> T:
            async with self._connection.open(FieldLearning) as learning:
                return await call(learning)

        return asyncio.run(run())


def _exported(row: ConfirmedRow, person: int) -> dict[str, object]:
    features = b64encode(row.features).decode()
    return {"features": features, "material": row.material, "item": row.item, "person": person}
