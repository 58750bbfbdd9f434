"""A local server that lists models as Ollama does."""

from typing import Any

import pytest
from tests.support.servers import Step, cut, garbage, hang, ok, serving, status

from bunri.platform.vision.remote import ollama
from bunri.platform.vision.remote.ollama import LocalOllama


def model(name: str, size: int = 3_000_000_000, **more: Any) -> dict[str, Any]:
    details = {"format": "gguf", "family": "qwen3vl", "parameter_size": "8B", "quantization_level": "Q4_K_M"}
    return {"name": name, "model": name, "size": size, "digest": "ab" * 32, "details": details, **more}


def listed(*models: dict[str, Any]) -> Step:
    return ok({"models": list(models)})


SEES: dict[str, Any] = {"capabilities": ["completion", "vision"]}
READS: dict[str, Any] = {"capabilities": ["completion"]}


async def found(*script: Step) -> str | None:
    async with serving(*script) as server:
        return await LocalOllama(server.url).vision_model()


class TestWhatItHas:
    async def test_the_largest_that_can_see(self) -> None:
        models = model("small:2b", 10, **SEES), model("qwen3-vl:8b", 30, **SEES), model("talks:70b", 99, **READS)
        assert await found(listed(*models)) == "qwen3-vl:8b"

    async def test_older_versions_are_asked_model_by_model(self) -> None:
        models = listed(model("talks:70b", 99), model("llava:7b", 10))
        async with serving(models, ok(READS), ok(SEES)) as server:
            assert await LocalOllama(server.url).vision_model() == "llava:7b"
        assert [each.path for each in server.requests] == ["/api/tags", "/api/show", "/api/show"]
        assert server.requests[1].json() == {"model": "talks:70b"}

    async def test_one_that_runs_elsewhere_is_none_of_this_machine(self) -> None:
        cloud = model("qwen3-vl:235b-cloud", 384, remote_host="https://ollama.com:443", **SEES)
        assert await found(listed(cloud)) is None

    async def test_one_whose_name_is_no_name_is_not_shown(self) -> None:
        assert await found(listed(model("x; rm -rf ~", **SEES))) is None

    async def test_nothing_to_see_with(self) -> None:
        assert await found(listed()) is None
        assert await found(listed(model("talks:70b", **READS))) is None


class TestWhoIsNoOllama:
    @pytest.mark.parametrize("step", [garbage(), status(404), cut, ok([]), ok({"models": "none"})])
    async def test_whatever_else_listens_there(self, step: Step) -> None:
        assert await found(step) is None

    async def test_one_that_hangs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ollama, "WITHIN_S", 0.3)
        assert await found(hang) is None

    async def test_nobody(self) -> None:
        assert await LocalOllama("http://127.0.0.1:9").vision_model() is None
