"""``bunri models adapt``: the next version, what there is, the way back, and an export."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete
from typer.testing import CliRunner, Result

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.cli.connection import Connection
from bunri.cli.models import models
from bunri.domains.waste.field_bank.validation import Validation
from bunri.domains.waste.models import FieldVersionRow, TrainingSampleRow
from bunri.domains.waste.records import FieldPhoto, TrainingSample
from bunri.domains.waste.repository import WasteRepository
from bunri.kit.ids import new_id

Run = Callable[..., Result]
Teach = Callable[[int], None]
RNG = np.random.default_rng(3)


def _photo(number: int) -> tuple[TrainingSample, FieldPhoto]:
    """Glass and paper in turns, by two people, each material in a direction of its own."""
    material = ("glass", "paper")[number % 2]
    direction = RNG.normal(0, 4, 128)
    direction[number % 2] = 127
    opinions = {each: {material: 0.6, "metal": 0.4} for each in ("first", "second")}
    features = np.clip(direction, -127, 127).astype(np.int8).tobytes()
    sample = TrainingSample(
        job_id=new_id(),
        position=0,
        contributor=bytes([number // 2 % 2]),
        kind="confirm",
        box=None,
        item=None,
        material=material,
        form=None,
        tags=[],
        seen=None,
        models={},
        created_at=datetime.now(UTC),
    )
    return sample, FieldPhoto(network=Validation.load().network, features=features, opinions=opinions)


async def _leave(settings: Settings, many: int) -> None:
    """So many photos, no version, and nothing else of what others confirmed."""
    container = InlineContainer(settings)
    async with container.database.transaction("waste") as session:
        for table in (FieldVersionRow, TrainingSampleRow):
            await session.execute(delete(table))
    async with container.transactions("waste", WasteRepository)() as repository:
        for sample, photo in map(_photo, range(many)):
            await repository.put_sample(sample)
            await repository.put_field_photos(sample.job_id, 0, [photo])
    await container.close()


@pytest.fixture
def teach(settings: Settings) -> Iterator[Teach]:
    """``teach(40)``: that many photos and nothing else. What the test leaves would be heard by the tests after it."""

    def taught(many: int) -> None:
        asyncio.run(_leave(settings, many))

    yield taught
    taught(0)


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "160")

    def invoke(*arguments: object) -> Result:
        connection = Connection()
        connection.settings = settings
        return CliRunner().invoke(models, ["adapt", *map(str, arguments), "--lang", "en"], obj=connection)

    return invoke


def test_makes_a_version_shows_it_and_goes_back(teach: Teach, run: Run) -> None:
    teach(40)
    assert "No version is heard yet; 40 confirmed photo(s)" in run("--status").stdout
    made = run()
    assert made.exit_code == 0, made.output
    assert "taken" in made.stdout
    assert "is heard; 40 confirmed photo(s)" in made.stdout
    assert "Nothing is new" in run().stdout
    back = run("--rollback")
    assert (back.exit_code, "is not heard any more" in back.stdout) == (0, True)
    assert "rolled back" in run("--status").stdout
    assert run("--rollback").exit_code == 1


def test_says_why_a_version_is_refused(teach: Teach, run: Run) -> None:
    teach(4)
    assert "fewer than 20 photos" in run().stdout


def test_exports_features_and_labels_and_nobodys_name(teach: Teach, run: Run, tmp_path: Path) -> None:
    teach(40)
    run()
    assert "40 photo(s) written" in run("--export", tmp_path / "f.jsonl").stdout
    lines = [json.loads(line) for line in (tmp_path / "f.jsonl").read_text("utf-8").splitlines()]
    assert {tuple(line) for line in lines} == {("features", "material", "item", "person")}
    assert {line["person"] for line in lines} == {0, 1}


def test_one_thing_at_a_time(run: Run) -> None:
    assert run("--status", "--rollback").exit_code == 2
