"""OpenAI and servers compatible with it, by chat completions (platform.openai.com/docs/api-reference/chat).

Compatible servers differ in two things. Ollama bounds an answer by ``max_tokens`` alone, which OpenAI has given up
(docs.ollama.com/api/openai-compatibility). And some refuse ``response_format``: those are told the schema in words.
"""

import base64
import json
from typing import Final
from urllib.parse import urlsplit

from openai import APIConnectionError, APIStatusError, AsyncOpenAI, DefaultAsyncHttpxClient, omit
from openai.types.chat import ChatCompletionContentPartParam, ChatCompletionMessageParam
from pydantic import BaseModel, Field

from bunri.platform.external_settings import LOOPBACK
from bunri.platform.llm.errors import LlmFailed
from bunri.platform.llm.protocol import Shape
from bunri.platform.llm.reading import ROOM_TO_THINK, answer, envelope
from bunri.platform.llm.settings import ModelSettings
from bunri.platform.resilience import ExternalFailed, Guard, failed_status

DEFAULT_MODEL: Final = "gpt-5.4-mini"
DEFAULT_URL: Final = "https://api.openai.com/v1"
OLLAMA_URL: Final = "http://127.0.0.1:11434/v1"
_SCHEMA_REFUSED: Final = {"status_400", "status_422"}
IN_WORDS: Final = "Answer with one JSON document of this JSON schema, and with nothing else:"


class _Reply(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _CompletionChoice(BaseModel):
    message: _Reply
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_CompletionChoice] = Field(min_length=1)


class OpenAiModel:
    """A RemoteModel. Without ``api_key`` only for compatible servers that want none. ``ollama``: it is one of those."""

    def __init__(self, settings: ModelSettings, *, ollama: bool = False) -> None:
        self._model = settings.model or DEFAULT_MODEL
        self._effort = settings.effort
        self._provider = "ollama" if ollama else "openai"
        self._compatible = ollama or settings.base_url is not None
        self._in_words = False
        url = str(settings.base_url or (OLLAMA_URL if ollama else DEFAULT_URL))
        self._client = AsyncOpenAI(
            api_key=settings.key or "none",
            base_url=url,
            max_retries=0,
            timeout=None,
            # The environment may name a proxy, to which this machine's own servers are no business.
            http_client=DefaultAsyncHttpxClient(
                follow_redirects=False, trust_env=urlsplit(url).hostname not in LOOPBACK
            ),
        )
        self._guard = Guard(self.name, settings)

    @property
    def name(self) -> str:
        return f"{self._provider}/{self._model}"

    async def structured(
        self, *, system: str, prompt: str, shape: type[Shape], max_tokens: int = 1024, jpeg: bytes | None = None
    ) -> Shape:
        """As LanguageModel, with the picture before the words. Raises LlmFailed."""
        content: list[ChatCompletionContentPartParam] = [*_picture(jpeg), {"type": "text", "text": prompt}]

        async def attempt() -> Shape:
            if not self._in_words:
                try:
                    return _read(await self._send(system, content, shape, max_tokens), shape)
                except ExternalFailed as failed:
                    if not self._compatible or failed.reason not in _SCHEMA_REFUSED:
                        raise
            told = f"{system}\n{IN_WORDS}\n{json.dumps(shape.model_json_schema())}"
            body = await self._send(told, content, None, max_tokens)
            self._in_words = True  # it was the schema that was refused
            return _read(body, shape)

        try:
            return await self._guard.call(attempt)
        except ExternalFailed as failed:
            raise LlmFailed(failed.reason) from failed

    async def check(self) -> None:
        try:
            await self._guard.call(self._list)
        except ExternalFailed as failed:
            raise LlmFailed(failed.reason) from failed

    async def aclose(self) -> None:
        await self._client.close()

    async def _send(
        self,
        system: str,
        content: list[ChatCompletionContentPartParam],
        shape: type[BaseModel] | None,
        max_tokens: int,
    ) -> bytes:
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": system},
            {"role": "user", "content": content},
        ]
        most = max_tokens + ROOM_TO_THINK
        try:
            response = await self._client.chat.completions.with_raw_response.parse(
                model=self._model,
                max_completion_tokens=omit if self._provider == "ollama" else most,
                max_tokens=most if self._provider == "ollama" else omit,
                messages=messages,
                response_format=shape or omit,
                reasoning_effort=omit if self._effort == "default" else self._effort,
            )
            return response.content
        except APIStatusError as error:
            raise failed_status(error.status_code, error.response.headers) from error
        except APIConnectionError as error:
            raise ExternalFailed("connection", retryable=True) from error

    async def _list(self) -> None:
        try:
            await self._client.models.with_raw_response.list()
        except APIStatusError as error:
            raise failed_status(error.status_code, error.response.headers) from error
        except APIConnectionError as error:
            raise ExternalFailed("connection", retryable=True) from error


def _picture(jpeg: bytes | None) -> list[ChatCompletionContentPartParam]:
    if jpeg is None:
        return []
    data = base64.b64encode(jpeg).decode()
    return [{"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}}]


def _read(body: bytes, shape: type[Shape]) -> Shape:
    choice = envelope(body, _Completion).choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise ExternalFailed("refused", counts_as_failure=False)
    if choice.finish_reason == "length":
        raise ExternalFailed("cut_short", counts_as_failure=False)
    return answer(choice.message.content or "", shape)
