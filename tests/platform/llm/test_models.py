"""Both providers keep the same promise: each test speaks to a local server in that provider's own protocol."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel, Field
from tests.support.servers import Server, Step, cut, garbage, hang, ok, serving, slow, status, too_many

from bunri.platform.llm.errors import LlmFailed
from bunri.platform.llm.factory import open_model
from bunri.platform.llm.openai import OpenAiModel
from bunri.platform.llm.protocol import RemoteModel
from bunri.platform.llm.settings import LlmSettings


class Where(StrEnum):
    GLASS = "glass"
    PAPER = "paper"


class Verdict(BaseModel):
    where: Where
    steps: list[str] = Field(min_length=1, max_length=3)


RIGHT = '{"where": "glass", "steps": ["Empty it."]}'


TALK = [f"Sure! {RIGHT}", f"```json\n{RIGHT}\n```\nAnything else?", f"{RIGHT}{RIGHT}"]


def claude_says(text: str, stop: str = "end_turn") -> dict[str, Any]:
    return {
        "id": "msg_01XFDUDYJgAACzvnptvVoYEL",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-5-5",
        "content": [{"type": "thinking", "thinking": "", "signature": "EqQB"}, {"type": "text", "text": text}],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 25, "output_tokens": 30},
    }


def openai_says(text: str | None, stop: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
        "object": "chat.completion",
        "created": 1741569952,
        "model": "gpt-5.4-mini",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": refusal},
                "logprobs": None,
                "finish_reason": stop,
            }
        ],
        "usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29},
    }


@dataclass(frozen=True)
class Provider:
    """One provider's words for the same events."""

    name: str
    model: str
    says: Callable[[str], dict[str, Any]]
    cut_short: dict[str, Any]
    refused: dict[str, Any]
    empty: dict[str, Any]


CLAUDE = Provider(
    "claude",
    "claude-haiku-5-5",
    claude_says,
    claude_says('{"where": "gl', "max_tokens"),
    claude_says("", "refusal"),
    claude_says(""),
)
OPENAI = Provider(
    "openai",
    "gpt-5.4-mini",
    openai_says,
    openai_says('{"where": "gl', "length"),
    openai_says(None, refusal="I can't help with that."),
    openai_says(None),
)


@pytest.fixture(params=[CLAUDE, OPENAI], ids=lambda provider: provider.name)
def provider(request: pytest.FixtureRequest) -> Provider:
    assert isinstance(request.param, Provider)
    return request.param


@asynccontextmanager
async def talking(provider: Provider, *script: Step, **settings: Any) -> AsyncIterator[tuple[RemoteModel, Server]]:
    async with serving(*script) as server:
        opened = open_model(
            LlmSettings.model_validate(
                {
                    "provider": provider.name,
                    "api_key": "sk-test",
                    "base_url": server.url,
                    "first_wait_s": 0.0,
                    "longest_wait_s": 1.0,
                    **settings,
                }
            )
        )
        assert opened is not None
        async with aclosing(opened) as model:
            yield model, server


async def ask(model: RemoteModel, **extra: Any) -> Verdict:
    return await model.structured(system="You sort waste.", prompt="A bottle?", shape=Verdict, **extra)


async def failure(talk: AbstractAsyncContextManager[tuple[RemoteModel, Server]]) -> tuple[str, int]:
    """Why asking once failed, and after how many requests."""
    async with talk as (model, server):
        with pytest.raises(LlmFailed) as caught:
            await ask(model)
        return caught.value.reason, len(server.requests)


class TestAnswering:
    async def test_an_answer_comes_back_in_the_agreed_shape(self, provider: Provider) -> None:
        async with talking(provider, ok(provider.says(RIGHT))) as (model, _):
            assert await ask(model) == Verdict(where=Where.GLASS, steps=["Empty it."])

    async def test_its_name_says_provider_and_model(self, provider: Provider) -> None:
        async with talking(provider, ok(None)) as (model, _):
            assert model.name == f"{provider.name}/{provider.model}"

    async def test_many_questions_at_once_get_an_answer_each(self, provider: Provider) -> None:
        async with talking(provider, slow(0.01, ok(provider.says(RIGHT)))) as (model, server):
            verdicts = await asyncio.gather(*(ask(model) for _ in range(10)))
        assert len(verdicts) == len(server.requests) == 10


class TestFailing:
    async def test_a_cut_short_answer_is_no_answer(self, provider: Provider) -> None:
        assert await failure(talking(provider, ok(provider.cut_short))) == ("cut_short", 1)

    async def test_a_refusal_is_no_answer(self, provider: Provider) -> None:
        assert await failure(talking(provider, ok(provider.refused))) == ("refused", 1)

    async def test_an_empty_answer_is_no_answer(self, provider: Provider) -> None:
        assert await failure(talking(provider, ok(provider.empty))) == ("empty", 1)

    @pytest.mark.parametrize(
        "text", ["Glass, I think.", '{"where": "moon", "steps": ["Go."]}', '{"where": "glass", "steps": []}', "[]"]
    )
    async def test_an_answer_of_another_shape_is_no_answer(self, provider: Provider, text: str) -> None:
        assert await failure(talking(provider, ok(provider.says(text)))) == ("garbage", 1)

    @pytest.mark.parametrize("step", [garbage(), ok({}), ok([]), status(200, b"{")], ids=["page", "{}", "[]", "half"])
    async def test_a_body_of_another_protocol_is_no_answer(self, provider: Provider, step: Step) -> None:
        assert await failure(talking(provider, step)) == ("garbage", 1)

    async def test_a_wrong_key_is_not_tried_twice(self, provider: Provider) -> None:
        wrong = status(401, {"error": {"type": "authentication_error", "message": "invalid x-api-key"}})
        assert await failure(talking(provider, wrong)) == ("status_401", 1)

    async def test_a_redirect_is_not_followed(self, provider: Provider) -> None:
        async with serving(ok(provider.says(RIGHT))) as elsewhere:
            redirect = status(307, {}, {"Location": elsewhere.url})
            assert await failure(talking(provider, redirect)) == ("status_307", 1)
            assert elsewhere.requests == []


class TestSurviving:
    async def test_a_busy_server_is_asked_again_when_it_says(self, provider: Provider) -> None:
        async with talking(provider, too_many("0"), ok(provider.says(RIGHT))) as (model, server):
            await ask(model)
        assert len(server.requests) == 2

    async def test_a_broken_server_is_asked_again(self, provider: Provider) -> None:
        async with talking(provider, status(500), status(503), ok(provider.says(RIGHT))) as (model, server):
            await ask(model)
        assert len(server.requests) == 3

    async def test_a_cut_connection_is_made_again(self, provider: Provider) -> None:
        async with talking(provider, cut, ok(provider.says(RIGHT))) as (model, server):
            await ask(model)
        assert len(server.requests) == 2

    async def test_the_sdk_adds_no_retries_of_its_own(self, provider: Provider) -> None:
        assert await failure(talking(provider, status(500), retries=1)) == ("status_500", 2)

    async def test_a_hanging_server_is_left(self, provider: Provider) -> None:
        reason, _ = await failure(talking(provider, hang, timeout_s=0.3))
        assert reason == "timeout"

    async def test_a_server_slower_than_the_time_out_is_left(self, provider: Provider) -> None:
        reason, _ = await failure(talking(provider, slow(30, ok(provider.says(RIGHT))), timeout_s=0.3))
        assert reason == "timeout"

    async def test_a_server_that_keeps_failing_is_left_alone(self, provider: Provider) -> None:
        async with talking(provider, status(500), retries=0, breaker_failures=2) as (model, server):
            reasons = []
            for _ in range(4):
                with pytest.raises(LlmFailed) as caught:
                    await ask(model)
                reasons.append(caught.value.reason)
        assert reasons == ["status_500", "status_500", "circuit_open", "circuit_open"]
        assert len(server.requests) == 2

    async def test_nobody_listening_is_a_failure_like_any_other(self, provider: Provider) -> None:
        async with talking(provider, ok({}), base_url="http://127.0.0.1:9", retries=0) as (model, _):
            with pytest.raises(LlmFailed) as caught:
                await ask(model)
        assert caught.value.reason == "connection"

    async def test_a_server_of_this_machine_is_reached_without_the_proxy_of_the_environment(
        self, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with serving(ok(provider.says(RIGHT))) as proxy:
            for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy.url)
            for name in ("no_proxy", "NO_PROXY"):
                monkeypatch.delenv(name, raising=False)
            async with talking(provider, ok(provider.says(RIGHT))) as (model, server):
                await ask(model)
            assert (len(server.requests), len(proxy.requests)) == (1, 0)


class TestWhatClaudeIsSent:
    async def test_key_schema_and_effort_go_out_and_nothing_the_newest_models_refuse(self) -> None:
        async with talking(CLAUDE, ok(claude_says(RIGHT))) as (model, server):
            await ask(model, max_tokens=300)
        request = server.requests[0]
        sent = json.loads(request.body)
        assert (request.method, request.path) == ("POST", "/v1/messages")
        assert request.headers["authorization"] == "Bearer sk-test"
        assert sent["output_config"]["format"]["schema"]["$defs"]["Where"]["enum"] == ["glass", "paper"]
        assert sent["output_config"]["effort"] == "low"
        assert sent["system"] == "You sort waste."
        assert [message["role"] for message in sent["messages"]] == ["user"]
        assert sent["max_tokens"] > 300, "thinking counts as output too"
        assert not {"temperature", "top_p", "top_k", "thinking"} & sent.keys()

    async def test_the_picture_comes_before_the_words(self) -> None:
        async with talking(CLAUDE, ok(claude_says(RIGHT))) as (model, server):
            await ask(model, jpeg=b"\xff\xd8jpeg")
        picture, words = json.loads(server.requests[0].body)["messages"][0]["content"]
        assert picture["source"]["media_type"] == "image/jpeg"
        assert base64.b64decode(picture["source"]["data"]) == b"\xff\xd8jpeg"
        assert words == {"type": "text", "text": "A bottle?"}


class TestWhatOpenAiIsSent:
    async def test_key_schema_and_effort_go_out(self) -> None:
        async with talking(OPENAI, ok(openai_says(RIGHT))) as (model, server):
            await ask(model, max_tokens=300)
        request = server.requests[0]
        sent = json.loads(request.body)
        assert (request.method, request.path) == ("POST", "/chat/completions")
        assert request.headers["authorization"] == "Bearer sk-test"
        assert sent["response_format"]["json_schema"]["strict"] is True
        assert sent["response_format"]["json_schema"]["schema"]["required"] == ["where", "steps"]
        assert sent["reasoning_effort"] == "low"
        assert sent["messages"][0] == {"role": "system", "content": "You sort waste."}
        assert sent["max_completion_tokens"] > 300, "thinking counts as output too"

    async def test_the_picture_comes_before_the_words(self) -> None:
        async with talking(OPENAI, ok(openai_says(RIGHT))) as (model, server):
            await ask(model, jpeg=b"\xff\xd8jpeg")
        picture, words = json.loads(server.requests[0].body)["messages"][1]["content"]
        assert picture["image_url"]["url"] == "data:image/jpeg;base64," + base64.b64encode(b"\xff\xd8jpeg").decode()
        assert words == {"type": "text", "text": "A bottle?"}

    async def test_a_compatible_server_needs_neither_key_nor_effort(self) -> None:
        async with talking(OPENAI, ok(openai_says(RIGHT)), api_key=None, effort="default", model="qwen3") as (
            model,
            server,
        ):
            await ask(model)
        sent = json.loads(server.requests[0].body)
        assert sent["model"] == "qwen3"
        assert "reasoning_effort" not in sent

    async def test_a_server_that_refuses_schemas_is_told_in_words_and_from_then_on_at_once(self) -> None:
        refused = status(400, {"error": {"message": "response_format is not supported"}})
        async with talking(OPENAI, refused, ok(openai_says(f"```json\n{RIGHT}\n```"))) as (model, server):
            assert await ask(model) == await ask(model) == Verdict(where=Where.GLASS, steps=["Empty it."])
        sent = [json.loads(request.body) for request in server.requests]
        assert ["response_format" in each for each in sent] == [True, False, False]
        assert '"enum": ["glass", "paper"]' in sent[1]["messages"][0]["content"]

    async def test_what_is_refused_in_words_too_is_no_matter_of_schemas(self) -> None:
        async with talking(OPENAI, status(400, {"error": {"message": "no pictures"}})) as (model, server):
            for _ in range(2):
                with pytest.raises(LlmFailed):
                    await ask(model)
        assert ["response_format" in json.loads(request.body) for request in server.requests] == [True, False] * 2

    @pytest.mark.parametrize("text", TALK)
    async def test_json_with_talk_around_it_is_no_answer(self, text: str) -> None:
        assert await failure(talking(OPENAI, ok(openai_says(text)))) == ("garbage", 1)


class TestWhatOllamaIsSent:
    async def test_the_answer_is_bounded_in_the_words_that_it_knows(self) -> None:
        async with serving(ok(openai_says(RIGHT))) as server:
            settings = LlmSettings.model_validate(
                {"provider": "openai", "base_url": f"{server.url}/v1", "model": "qwen3-vl:8b", "effort": "default"}
            )
            async with aclosing(OpenAiModel(settings, ollama=True)) as model:
                assert model.name == "ollama/qwen3-vl:8b"
                await ask(model, max_tokens=300)
        sent = json.loads(server.requests[0].body)
        assert server.requests[0].path == "/v1/chat/completions"
        assert sent["max_tokens"] > 300
        assert not {"max_completion_tokens", "reasoning_effort"} & sent.keys()
        assert sent["response_format"]["type"] == "json_schema"
