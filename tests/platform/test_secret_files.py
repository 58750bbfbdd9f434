"""Settings that lie in files."""

from pathlib import Path

import pytest

from bunri.app.settings import Settings
from bunri.platform.secret_files import SettingFileUnreadable, SettingGivenTwice


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No bunri.toml of the developer's own."""
    monkeypatch.chdir(tmp_path)


def test_a_file_holds_a_setting_and_its_last_line_break_is_none_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("s" * 40 + "\r\n")
    (tmp_path / "key").write_text("of a model")
    monkeypatch.setenv("BUNRI_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("BUNRI_LLM__API_KEY_FILE", str(tmp_path / "key"))
    found = Settings()
    assert found.secret is not None
    assert found.secret.get_secret_value() == "s" * 40
    assert found.llm.api_key is not None
    assert found.llm.api_key.get_secret_value() == "of a model"


def test_what_is_in_the_file_is_checked_as_ever(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("short\n")
    monkeypatch.setenv("BUNRI_SECRET_FILE", str(tmp_path / "secret"))
    with pytest.raises(ValueError, match="at least 32 characters"):
        Settings()


def test_a_file_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BUNRI_DATABASE_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingFileUnreadable) as refused:
        Settings()
    assert refused.value.data["name"] == "BUNRI_DATABASE_URL_FILE"
    assert refused.value.data["path"] == str(tmp_path / "none")


def test_a_setting_and_its_file_together_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s" * 40)
    monkeypatch.setenv("BUNRI_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("BUNRI_SECRET", "t" * 40)
    with pytest.raises(SettingGivenTwice):
        Settings()


def test_a_setting_that_is_a_path_itself_stays_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("of an authority")
    monkeypatch.setenv("BUNRI_MAIL__CA_FILE", str(tmp_path / "ca.pem"))
    assert Settings().mail.ca_file == tmp_path / "ca.pem"
