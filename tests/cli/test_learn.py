"""``bunri learn``: what it says without PyTorch, and of whom."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bunri.app.settings import Settings
from bunri.cli import learn as command
from bunri.cli.connection import Connection
from bunri.domains.learning import parameters

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, tmp_path: Path) -> Run:
    def invoke(*arguments: object, lang: str = "en") -> Result:
        connection = Connection()
        connection.given = connection.settings = settings.model_copy(update={"data": tmp_path})
        return CliRunner().invoke(command.learn, [*map(str, arguments), "--lang", lang], obj=connection)

    return invoke


@pytest.mark.parametrize(("lang", "word"), [("en", "PyTorch, which is not installed"), ("ko", "설치되어 있지 않아요")])
def test_it_says_what_is_missing_and_how_to_get_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, lang: str, word: str
) -> None:
    monkeypatch.setattr(parameters, "NEEDED", ("torch_that_nobody_has",))
    result = run("optimize", lang=lang)
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert word in said
    assert "pip install 'bunri[optimize]'" in said


def test_somebody_without_reviews_has_too_few(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "NEEDED", ())
    result = run("optimize", "--person", "guest_nobody")
    assert result.exit_code == 0, result.output
    assert "guest_nobody: 0 reviews are too few" in result.output
