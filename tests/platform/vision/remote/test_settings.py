from typing import Any

import pytest
from pydantic import ValidationError

from bunri.platform.vision.remote.factory import open_remote
from bunri.platform.vision.remote.settings import RemoteVisionSettings


def of(**given: Any) -> RemoteVisionSettings:
    return RemoteVisionSettings.model_validate(given)


async def no_items() -> list[str]:
    return []


class TestChoosingEyes:
    def test_there_are_none_by_default(self) -> None:
        assert open_remote(of(), no_items) is None

    @pytest.mark.parametrize(
        ("settings", "lacks"),
        [
            ({"provider": "roboflow", "api_key": "k"}, "model"),
            ({"provider": "roboflow", "model": "waste/1"}, "api_key"),
            ({"provider": "huggingface", "api_key": "k"}, "model"),
            ({"provider": "huggingface", "model": "a/b"}, "api_key"),
            ({"provider": "claude"}, "api_key"),
            ({"provider": "openai"}, "api_key"),
            ({"provider": "ollama"}, "model"),
        ],
    )
    def test_what_cannot_work_is_refused_at_start(self, settings: dict[str, Any], lacks: str) -> None:
        with pytest.raises(ValidationError, match=f"needs {lacks}"):
            of(**settings)

    def test_a_material_that_does_not_exist_is_refused(self) -> None:
        with pytest.raises(ValidationError):
            of(materials={"bottle": "gold"})


class TestOneSetting:
    @pytest.mark.parametrize(
        ("written", "provider", "model"),
        [
            ("ollama/qwen3-vl:8b", "ollama", "qwen3-vl:8b"),
            ("ollama/hf.co/owner/name:Q4", "ollama", "hf.co/owner/name:Q4"),
            ("huggingface/facebook/detr-resnet-50", "huggingface", "facebook/detr-resnet-50"),
        ],
    )
    def test_provider_and_model_in_one(self, written: str, provider: str, model: str) -> None:
        settings = of(provider=written, api_key="k")
        assert (settings.provider, settings.model) == (provider, model)

    def test_a_model_that_is_named_twice_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="once"):
            of(provider="ollama/a", model="b")

    def test_an_unknown_provider_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="provider"):
            of(provider="somebody/model")

    def test_ollama_is_given_time_and_no_effort_unless_somebody_says_otherwise(self) -> None:
        assert (of(provider="ollama/a").effort, of(provider="ollama/a").timeout_s) == ("default", 60.0)
        told = of(provider="ollama/a", effort="low", timeout_s=5)
        assert (told.effort, told.timeout_s) == ("low", 5.0)
        assert of(provider="claude", api_key="k").timeout_s == 10.0


class TestBudget:
    def test_what_is_paid_for_has_a_budget_and_what_is_not_has_none(self) -> None:
        assert of(provider="claude", api_key="k").most_photos == 1000
        assert of(provider="ollama/a").most_photos is None

    def test_what_is_set_holds_and_nought_is_without_bounds(self) -> None:
        assert of(provider="ollama/a", photos_a_day=7).most_photos == 7
        assert of(provider="claude", api_key="k", photos_a_day=0).most_photos is None


class TestWherePhotosGo:
    @pytest.mark.parametrize(
        ("given", "host"),
        [
            ({}, None),
            ({"provider": "ollama/a"}, None),
            ({"provider": "ollama/a", "base_url": "http://[::1]:11434/v1"}, None),
            ({"provider": "openai", "base_url": "http://localhost:8000/v1"}, None),
            ({"provider": "ollama/a", "base_url": "http://gpu.example.org:11434/v1"}, "gpu.example.org"),
            ({"provider": "claude", "api_key": "k"}, "anthropic.com"),
            ({"provider": "openai", "api_key": "k"}, "openai.com"),
        ],
    )
    def test_the_host_is_named_unless_they_stay(self, given: dict[str, Any], host: str | None) -> None:
        assert of(**given).sends_photos_to == host


class TestHalfSet:
    @pytest.mark.parametrize("given", [{"api_key": "k"}, {"base_url": "http://here/v1"}, {"model": "m"}])
    def test_a_key_without_a_provider_does_nothing(self, given: dict[str, Any]) -> None:
        assert of(**given).half_set

    @pytest.mark.parametrize("given", [{}, {"provider": "claude", "api_key": "k"}, {"provider": "none"}])
    def test_the_rest_is_whole(self, given: dict[str, Any]) -> None:
        assert not of(**given).half_set
