import asyncio
import re
import subprocess
import sys
import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.support.platform import environment
from typer.testing import CliRunner, Result

from bunri.app.settings import Settings
from bunri.cli.bins import bins
from bunri.domains.locations.repository import LocationsRepository
from bunri.domains.locations.service import LocationsService
from bunri.kit.clock import now
from bunri.platform.db import Database
from bunri.platform.db.address import login_address

Run = Callable[..., Result]


class ServersOfTests:
    """Reaches the servers of the tests as ``bunri.cli.connection.Connection`` reaches those of the settings."""

    data: Path | None = None

    def __init__(self, settings: Settings) -> None:
        self._url = login_address(str(settings.database_url), settings.key("database roles"))

    def open(self, _: type[LocationsService]) -> AbstractAsyncContextManager[LocationsService]:
        return nullcontext(LocationsService(self._begin, now))

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[LocationsRepository]:
        database = Database(self._url)
        try:
            async with database.transactions("locations", LocationsRepository)() as repository:
                yield repository
        finally:
            await database.dispose()

    async def empty(self) -> None:
        database = Database(self._url)
        async with database.transaction("locations") as session:
            await session.execute(text("delete from locations.bins"))
        await database.dispose()


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``bunri bins`` with arguments, on an empty table."""
    monkeypatch.setenv("COLUMNS", "200")
    connection = ServersOfTests(settings)
    asyncio.run(connection.empty())
    return lambda *arguments: CliRunner().invoke(bins, [str(each) for each in arguments], obj=connection)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, "utf-8")
        return path

    return write


class TestImport:
    def test_runs_in_a_process_of_its_own(self, settings: Settings, run: Run, file: Any) -> None:
        """Where no other command has loaded the domain's sentences yet. ``run`` empties the table."""
        path = file("의류수거함.csv", "주소,위도,경도\n중앙로 1,37.8813,127.73\n")
        command = [sys.executable, "-m", "bunri", "bins", "import", str(path), "--lang", "en"]
        done = subprocess.run(
            command, env=environment(settings), capture_output=True, text=True, timeout=100, check=False
        )
        assert done.returncode == 0, done.stderr
        assert _counts(done.stdout)["bins added"] == 1

    def test_takes_a_clean_file_and_says_what_it_did(self, run: Run, file: Any) -> None:
        path = file("춘천시_의류수거함.csv", "주소,위도,경도\n중앙로 1,37.8813,127.73\n중앙로 1,37.8813,127.73\n")
        result = run("import", path, "--lang", "en")
        assert result.exit_code == 0, result.output
        assert _counts(result.stdout) == {
            "rows read": 2,
            "bins added": 1,
            "bins already known": 1,
            "rows put right": 0,
            "rows refused": 0,
        }
        assert "의류수거함" in run("list").stdout

    def test_knows_the_kind_from_a_files_name_as_macos_writes_it(self, run: Run, file: Any) -> None:
        path = file(unicodedata.normalize("NFD", "의류수거함.csv"), "위도,경도\n37.8813,127.73\n")
        result = run("import", path)
        assert result.exit_code == 0, result.output
        assert "의류수거함.csv" in run("list", "--kind", "clothes").stdout

    def test_says_where_a_row_became_several_bins(self, run: Run, file: Any) -> None:
        result = run("import", file("bins.csv", "종류,위도,경도\n폐건전지·폐형광등,37.5,127\n"), "--lang", "en")
        counts = _counts(result.stdout)
        assert (counts["rows read"], counts["more bins from rows of several kinds"], counts["bins added"]) == (1, 1, 2)

    def test_reports_bad_rows_by_line_and_ends_with_one(self, run: Run, file: Any) -> None:
        path = file("bins.csv", "name,lat,lng\na,37.5,127\nb,,\nc,127.1,37.5\n")
        result = run("import", path, "--kind", "pet", "--lang", "en")
        assert result.exit_code == 1
        assert "line 3: The coordinates are missing." in result.stderr
        assert "line 4: Latitude and longitude stood in each other's place" in result.stderr
        assert _counts(result.stdout)["bins added"] == 2

    def test_says_how_many_problems_it_does_not_show(self, run: Run, file: Any) -> None:
        path = file("bins.csv", "lat,lng\n" + "x,y\n" * 30)
        result = run("import", path, "--kind", "pet", "--lang", "en")
        assert result.stderr.count("line ") == 20
        assert "and 10 more" in result.stderr

    def test_takes_geojson_and_mapped_columns(self, run: Run, file: Any) -> None:
        path = file(
            "bins.geojson",
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"장소": "시청"},'
            ' "geometry": {"type": "Point", "coordinates": [126.9779, 37.5663]}}]}',
        )
        result = run("import", path, "--kind", "battery", "--map", "장소=name", "--source", "서울시")
        assert result.exit_code == 0, result.output
        listed = run("list", "--kind", "battery").stdout
        assert "시청" in listed
        assert "서울시" in listed

    @pytest.mark.parametrize(
        ("content", "arguments", "sentence"),
        [
            ("이름\n시청\n", [], "No columns for latitude and longitude"),
            ("lat,lng\n37,127\n", ["--map", "위도=lat"], "the file has no such column"),
            ("PK\x03\x04", [], "The file is broken at line 1"),
            ("lat,lng\n37,127\n", ["--crs", "EPSG:99"], "no coordinate system EPSG:99"),
            ("x,y\n198047,451862\n", [], "fit several systems: EPSG:5186, EPSG:5181, EPSG:5174. Say which with --crs"),
            ('{"features": [', [], "The file is broken at line 1"),
        ],
    )
    def test_says_why_a_file_cannot_be_imported(
        self, run: Run, file: Any, content: str, arguments: list[str], sentence: str
    ) -> None:
        result = run("import", file("bins.csv", content), "--lang", "en", *arguments)
        assert result.exit_code == 1
        assert sentence in result.stderr
        assert "bunri bins" not in result.stdout

    @pytest.mark.parametrize(
        "arguments", [["nowhere.csv"], [__file__, "--map", "no-equals-sign"], [__file__, "--kind", "x"]]
    )
    def test_wrong_usage_ends_with_two(self, run: Run, arguments: list[str]) -> None:
        assert run("import", *arguments).exit_code == 2


class TestListAndCount:
    def test_speak_both_languages(self, run: Run, file: Any) -> None:
        run("import", file("bins.csv", "lat,lng,name\n37.5,127,[b]공원[/b]\n37.6,127,역\n"), "--kind", "street")
        assert "가로휴지통" in run("list").stdout
        assert "[b]공원[/b]" in run("list").stdout
        assert "Street bin" in run("count", "--lang", "en").stdout
        assert _counts(run("count", "--lang", "en").stdout)["total"] == 2

    def test_list_shows_the_newest_first_and_no_more_than_asked(self, run: Run, file: Any) -> None:
        run("import", file("bins.csv", "lat,lng,name\n37.5,127,공원\n37.6,127,역\n"), "--kind", "street")
        listed = run("list", "--limit", "1").stdout
        assert "역" in listed
        assert "공원" not in listed


def _counts(table: str) -> dict[str, int]:
    """The rows of a two-column table."""
    rows = re.findall(r"^\W*(\w[\w ]*?)\s*[│┃|]\s*([\d,]+)\s*[│┃|]$", table, re.MULTILINE)
    return {name: int(number.replace(",", "")) for name, number in rows}
