"""``bunri rules``."""

from pathlib import Path

from typer.testing import CliRunner

from bunri.app.settings import Settings
from bunri.cli.connection import Connection
from bunri.cli.rules import rules


class Connected(Connection):
    """To the servers of the tests."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.__dict__["settings"] = settings


def test_collection_days_are_loaded_or_none_of_them(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    header = "region,material,weekday,from,to,source\n"
    said = ["collection-days", str(file), "--lang", "en"]
    file.write_text(header + "incheon-yeonsu,vinyl,목,18:00,,구청 안내\n", "utf-8")
    done = CliRunner().invoke(rules, said, obj=Connected(settings))
    assert (done.exit_code, done.output.strip()) == (0, "1 collection days are in force now.")
    file.write_text(header + "incheon-yeonsu,vinyl,목,18:00,,구청 안내\nincheon-yeonsu,x,목,,,구청\n", "utf-8")
    refused = CliRunner().invoke(rules, said, obj=Connected(settings))
    assert refused.exit_code == 1
    assert "Line 3" in refused.output
