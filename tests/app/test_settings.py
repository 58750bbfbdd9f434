"""Settings: typed, composed, and refused when they cannot work."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bunri.app.settings import SecretMissing, Settings


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No bunri.toml of the developer's own."""
    monkeypatch.chdir(tmp_path)


class TestSources:
    def test_the_environment_reaches_a_part(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUNRI_WASTE__MAX_PHOTO_MB", "7")
        assert Settings().waste.max_photo_mb == 7

    def test_a_file_reaches_a_part_and_the_environment_wins(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "bunri.toml").write_text("[waste]\nmax_photo_mb = 7\nkeep_days = 3\n")
        monkeypatch.setenv("BUNRI_WASTE__MAX_PHOTO_MB", "8")
        assert (Settings().waste.max_photo_mb, Settings().waste.keep_days) == (8, 3)

    def test_a_renamed_setting_is_read_under_its_old_name(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setenv("BUNRI_DETECTION__REST_S", "7")
        assert Settings().detection.idle_unload_s == 7
        assert "BUNRI_DETECTION__REST_S has been renamed to BUNRI_DETECTION__IDLE_UNLOAD_S" in caplog.text

    def test_a_misspelled_setting_in_the_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "bunri.toml").write_text("databse_url = 'x'\n")
        with pytest.raises(ValidationError, match="databse_url"):
            Settings()


class TestConcerns:
    def test_each_has_its_own_number_of_one_server(self) -> None:
        settings = Settings(valkey_url="redis://localhost:6379")
        concerns = ("sessions", "jobs", "llm_cache", "common", "broker")
        assert [settings.cache_address(concern)[-2:] for concern in concerns] == ["/0", "/1", "/2", "/3", "/4"]

    def test_one_may_live_elsewhere(self) -> None:
        settings = Settings(valkey_url="redis://localhost:6379", broker_url="redis://broker:6379/0")
        assert settings.cache_address("broker") == "redis://broker:6379/0"
        assert settings.cache_address("jobs") == "redis://localhost:6379/1"


class TestSoundness:
    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"secret": "short"}, "32 characters"),
            ({"database_url": "postgresql://x/y"}, "BUNRI_VALKEY_URL"),
            ({"llm": {"provider": "claude"}}, "api_key"),
            ({"valkey_url": "redis://x:6379/0"}, "no number"),
            ({"log_level": "LOUD"}, "DEBUG"),
        ],
    )
    def test_what_cannot_work_is_refused_with_a_sentence(self, given: dict[str, object], said: str) -> None:
        with pytest.raises(ValidationError, match=said):
            Settings.model_validate(given)

    def test_there_is_no_default_secret(self) -> None:
        with pytest.raises(SecretMissing):
            Settings().key("access tokens")

    def test_a_shared_database_needs_a_shared_secret(self, tmp_path: Path) -> None:
        shared = Settings(data=tmp_path, database_url="postgresql://x/y", valkey_url="redis://x")
        assert shared.on(None).secret is None
        assert Settings(data=tmp_path).on(None).secret is not None

    def test_each_purpose_has_its_own_key(self) -> None:
        settings = Settings.model_validate({"secret": "x" * 32})
        assert settings.key("a") != settings.key("b")
        assert settings.key("a") == settings.key("a")

    def test_secrets_are_not_printed(self) -> None:
        settings = Settings.model_validate({"secret": "x" * 32})
        assert "x" * 32 not in repr(settings)
