"""``bunri waste export-labels``: a data set of what people let us keep."""

import asyncio
import csv
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import delete, update
from tests.domains.waste.conftest import Pipeline
from tests.support.pictures import new_photo
from tests.support.platform import environment
from typer.testing import CliRunner, Result

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.cli.connection import Connection
from bunri.cli.labelfiles import COLUMNS, NAMES, Format
from bunri.cli.labels import waste
from bunri.domains.waste.models import TrainingSampleRow
from bunri.domains.waste.objects import sample_key
from bunri.domains.waste.schemas import AnswerIn
from bunri.domains.waste.service.feedback import Feedback
from bunri.platform.vision.protocol import DetectedObject

Run = Callable[..., Result]
TWO = (DetectedObject("bottle", 0.9, (0.1, 0.2, 0.5, 0.9)), DetectedObject("banana", 0.9, (0.6, 0.2, 0.9, 0.5)))


async def _contribute(settings: Settings, photos: int, things: Sequence[DetectedObject] = TWO) -> list[UUID]:
    """The jobs of so many photos, their things confirmed with consent."""
    pipeline = Pipeline(InlineContainer(settings))
    pipeline.local.things = tuple(things)
    pipeline.build()
    jobs = []
    try:
        for _ in range(photos):
            status = await pipeline.analyze(new_photo())
            assert status.result is not None
            for number in range(len(status.result.items)):
                said = AnswerIn(item=number, confirm=True, consent=True)
                feedback = pipeline.container.get(Feedback)
                await feedback.reply(pipeline.owner, status.job_id, said, kind="correct")
            jobs.append(status.job_id)
    finally:
        await pipeline.container.close()
    return jobs


async def _execute(settings: Settings, statement: Any) -> None:
    container = InlineContainer(settings)
    async with container.database.transaction("waste") as session:
        await session.execute(statement)
    await container.close()


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``bunri waste export-labels`` with arguments; nobody has taught anything yet."""
    monkeypatch.setenv("COLUMNS", "100")
    asyncio.run(_execute(settings, delete(TrainingSampleRow)))

    def invoke(*arguments: object) -> Result:
        connection = Connection()
        connection.settings = settings
        return CliRunner().invoke(waste, ["export-labels", *map(str, arguments), "--lang", "en"], obj=connection)

    return invoke


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _coco(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / NAMES[Format.COCO]).read_bytes())
    return found


class TestExport:
    def test_writes_pictures_and_labels_in_every_format(self, settings: Settings, run: Run, tmp_path: Path) -> None:
        jobs = asyncio.run(_contribute(settings, 2))
        result = run(tmp_path / "set")
        assert result.exit_code == 0, result.output
        pictures = [f"images/{job}.webp" for job in jobs]
        assert _files(tmp_path / "set") == sorted([*NAMES.values(), *pictures])
        assert "2 picture(s) written." in result.stdout

        lines = [json.loads(line) for line in (tmp_path / "set" / "labels.jsonl").read_text("utf-8").splitlines()]
        assert [(line["picture"], line["position"]) for line in lines] == [(p, n) for p in pictures for n in (0, 1)]
        assert tuple(lines[0]) == COLUMNS
        assert (lines[0]["kind"], lines[0]["box"]) == ("confirm", pytest.approx([0.1, 0.2, 0.5, 0.9]))
        assert lines[0]["seen"]["label"] == "bottle"
        assert datetime.fromisoformat(lines[0]["said_at"]) <= datetime.now(UTC)

        with (tmp_path / "set" / "labels.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["material"] for row in rows] == [line["material"] for line in lines]
        assert [json.loads(row["seen"]) for row in rows] == [line["seen"] for line in lines]

    def test_coco_boxes_are_pixels_of_the_picture_beside_it(self, settings: Settings, run: Run, tmp_path: Path) -> None:
        asyncio.run(_contribute(settings, 1))
        assert run(tmp_path).exit_code == 0
        coco = _coco(tmp_path)
        (image,) = coco["images"]
        with Image.open(tmp_path / image["file_name"]) as picture:
            assert (picture.format, picture.size) == ("WEBP", (image["width"], image["height"]))
        bottle, banana = coco["annotations"]
        assert bottle["bbox"] == pytest.approx([64, 96, 256, 336], abs=0.01)
        assert bottle["area"] == pytest.approx(256 * 336, rel=0.001)
        assert {each["image_id"] for each in (bottle, banana)} == {image["id"]}
        names = {category["id"]: category["name"] for category in coco["categories"]}
        assert names[banana["category_id"]] == "food"
        assert bottle["whole_picture"] is False

    def test_what_has_no_box_is_the_whole_picture_and_says_so(
        self, settings: Settings, run: Run, tmp_path: Path
    ) -> None:
        (job,) = asyncio.run(_contribute(settings, 1, TWO[:1]))
        asyncio.run(
            _execute(settings, update(TrainingSampleRow).where(TrainingSampleRow.job_id == job).values(box=None))
        )
        assert run(tmp_path).exit_code == 0
        (annotation,) = _coco(tmp_path)["annotations"]
        assert (annotation["bbox"], annotation["whole_picture"]) == ([0, 0, 640, 480], True)

    def test_counts_by_material(self, settings: Settings, run: Run, tmp_path: Path) -> None:
        asyncio.run(_contribute(settings, 2, TWO[1:]))
        said = run(tmp_path).stdout
        counted = [line.split("│")[1:3] for line in said.splitlines() if "Food" in line or "total" in line]
        assert [[cell.strip() for cell in cells] for cells in counted] == [["Food", "2"], ["total", "2"]]

    def test_nothing_to_say_is_a_valid_empty_set(self, run: Run, tmp_path: Path) -> None:
        assert run(tmp_path).exit_code == 0
        coco = _coco(tmp_path)
        assert (coco["images"], coco["annotations"]) == ([], [])
        assert (tmp_path / "labels.csv").read_text().splitlines() == [",".join(COLUMNS)]
        assert (tmp_path / "labels.jsonl").read_bytes() == b""

    def test_only_what_was_said_since(self, settings: Settings, run: Run, tmp_path: Path) -> None:
        old, new = asyncio.run(_contribute(settings, 2, TWO[:1]))
        then = datetime.now(UTC) - timedelta(days=9)
        asyncio.run(
            _execute(settings, update(TrainingSampleRow).where(TrainingSampleRow.job_id == old).values(created_at=then))
        )
        assert run(tmp_path, "--since", datetime.now(UTC).date() - timedelta(days=1)).exit_code == 0
        assert [image["file_name"] for image in _coco(tmp_path)["images"]] == [f"images/{new}.webp"]

    def test_only_the_format_asked_for(self, run: Run, tmp_path: Path) -> None:
        assert run(tmp_path, "--format", "jsonl").exit_code == 0
        assert _files(tmp_path) == ["labels.jsonl"]

    def test_is_a_command_of_bunri(self, settings: Settings, run: Run, tmp_path: Path) -> None:
        asyncio.run(_contribute(settings, 1))
        command = [sys.executable, "-m", "bunri", "waste", "export-labels", str(tmp_path)]
        done = subprocess.run(command, env=environment(settings), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert len(_coco(tmp_path)["annotations"]) == 2


class TestAFolder:
    def test_that_is_not_empty_is_left_alone(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "diary.txt").write_text("mine")
        result = run(tmp_path)
        assert (result.exit_code, _files(tmp_path)) == (1, ["diary.txt"])
        assert "is not empty" in result.stderr

    def test_is_replaced_by_force_but_for_what_is_not_ours(self, settings: Settings, run: Run, tmp_path: Path) -> None:
        gone, stays = asyncio.run(_contribute(settings, 2))
        assert run(tmp_path).exit_code == 0
        for name in ("diary.txt", "images/sunset.webp"):
            (tmp_path / name).write_text("mine")
        asyncio.run(_execute(settings, delete(TrainingSampleRow).where(TrainingSampleRow.job_id == gone)))
        assert run(tmp_path, "--force", "--format", "coco").exit_code == 0
        assert _files(tmp_path) == ["annotations.json", "diary.txt", f"images/{stays}.webp", "images/sunset.webp"]

    def test_that_is_a_file_is_told(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        result = run(tmp_path / "file")
        assert result.exit_code == 1
        assert "cannot be written to" in result.stderr

    def test_on_a_full_disk_is_told(self, settings: Settings, run: Run, tmp_path: Path) -> None:
        """/dev/full in the place of the labels to be."""
        asyncio.run(_contribute(settings, 1))
        (tmp_path / ".unfinished").mkdir()
        (tmp_path / ".unfinished" / "labels.jsonl").symlink_to("/dev/full")
        result = run(tmp_path, "--format", "jsonl")
        assert result.exit_code == 1
        assert "No room is left" in result.stderr


class TestBrokenOff:
    def test_leaves_no_labels_and_goes_on_without_asking_again(
        self, settings: Settings, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bunri.cli.labels.CONCURRENCY", 1)
        first, withdrawn, last = asyncio.run(_contribute(settings, 3))
        objects = settings.data / "objects"
        in_the_way = objects / sample_key(last)
        away = in_the_way.rename(in_the_way.with_suffix(".away"))
        in_the_way.symlink_to(in_the_way)
        result = run(tmp_path)
        assert result.exit_code == 1
        assert "store is not answering" in result.stderr
        assert not any((tmp_path / name).exists() for name in NAMES.values())

        in_the_way.unlink()
        away.rename(in_the_way)
        (objects / sample_key(first)).unlink()  # fetched already
        asyncio.run(_execute(settings, delete(TrainingSampleRow).where(TrainingSampleRow.job_id == withdrawn)))
        result = run(tmp_path)
        assert result.exit_code == 0, result.output
        assert _files(tmp_path) == sorted([*NAMES.values(), f"images/{first}.webp", f"images/{last}.webp"])
        assert len(_coco(tmp_path)["annotations"]) == 4

    def test_pictures_that_are_gone_or_broken_are_left_out_and_told(
        self, settings: Settings, run: Run, tmp_path: Path
    ) -> None:
        gone, broken, whole = asyncio.run(_contribute(settings, 3))
        (settings.data / "objects" / sample_key(gone)).unlink()
        path = settings.data / "objects" / sample_key(broken)
        path.write_bytes(path.read_bytes()[:100])
        result = run(tmp_path)
        assert result.exit_code == 1
        assert "4 example(s) were left out" in result.stderr
        assert [image["file_name"] for image in _coco(tmp_path)["images"]] == [f"images/{whole}.webp"]
        Image.open(BytesIO((tmp_path / f"images/{whole}.webp").read_bytes())).verify()
