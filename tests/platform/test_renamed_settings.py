"""Settings under their old names: read from everywhere for one version, with a warning."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bunri.platform.renamed_settings import RenamingEnvSource, RenamingTomlSource


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    renamed: ClassVar[Mapping[str, str]] = {"rest_s": "idle_s", "tags": "labels"}

    idle_s: float = 1
    labels: list[str] = []


class Whole(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="TRIAL_", env_nested_delimiter="__", toml_file="trial.toml", extra="forbid"
    )
    renamed: ClassVar[Mapping[str, str]] = {"peers": "targets"}

    targets: dict[str, str] = Field(default_factory=dict)
    inner: Inner = Field(default_factory=Inner)

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *_: PydanticBaseSettingsSource, **__: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return RenamingEnvSource(settings_cls), RenamingTomlSource(settings_cls)


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


class TestEnvironment:
    @pytest.mark.parametrize(
        ("name", "value", "wanted"),
        [
            ("TRIAL_INNER__REST_S", "7", Whole.model_construct(inner=Inner(idle_s=7))),
            ("TRIAL_INNER__TAGS", '["a"]', Whole.model_construct(inner=Inner(labels=["a"]))),
            ("TRIAL_INNER", '{"rest_s": 7}', Whole.model_construct(inner=Inner(idle_s=7))),
            ("TRIAL_PEERS", '{"waste": "http://a"}', Whole.model_construct(targets={"waste": "http://a"})),
            ("TRIAL_PEERS__WASTE", "http://a", Whole.model_construct(targets={"waste": "http://a"})),
        ],
    )
    def test_an_old_name_is_read_with_a_warning(
        self,
        name: str,
        value: str,
        wanted: Whole,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setenv(name, value)
        found = Whole()
        assert (found.targets, found.inner) == (wanted.targets, wanted.inner)
        assert len(caplog.messages) == 1
        assert "has been renamed to" in caplog.text

    def test_the_new_name_counts_where_both_are_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TRIAL_INNER__REST_S", "7")
        monkeypatch.setenv("TRIAL_INNER__IDLE_S", "8")
        assert Whole().inner.idle_s == 8

    def test_new_names_warn_of_nothing(self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        monkeypatch.setenv("TRIAL_INNER__IDLE_S", "8")
        assert Whole().inner.idle_s == 8
        assert not caplog.messages


class TestToml:
    def test_old_names_are_read_with_a_warning(self, caplog: pytest.LogCaptureFixture) -> None:
        Path("trial.toml").write_text('peers = { waste = "http://a" }\n[inner]\nrest_s = 7\ntags = ["a"]\n')
        found = Whole()
        assert found.targets == {"waste": "http://a"}
        assert found.inner == Inner(idle_s=7, labels=["a"])
        assert "inner.rest_s has been renamed to inner.idle_s" in caplog.text
        assert len(caplog.messages) == 3

    def test_the_environment_counts_before_the_file_under_either_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("trial.toml").write_text("[inner]\nidle_s = 7\n")
        monkeypatch.setenv("TRIAL_INNER__REST_S", "8")
        assert Whole().inner.idle_s == 8
