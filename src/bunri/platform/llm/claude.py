"""Claude by the Messages API (platform.claude.com/docs/en/api/messages), answers held to a JSON schema."""

import base64
from typing import Any, Final
from urllib.parse import urlsplit

from anthropic import (
    APIConnectionError,
    APIStatusError,
    AsyncAnthropic,
    DefaultAsyncHttpxClient,
    transform_schema,
)
from anthropic.types import ContentBlockParam, OutputConfigParam
from pydantic import BaseModel

from bunri.platform.external_settings import LOOPBACK
from bunri.platform.llm.errors import LlmFailed
from bunri.platform.llm.protocol import Shape
from bunri.platform.llm.reading import ROOM_TO_THINK, answer, envelope
from bunri.platform.llm.settings import ModelSettings
from bunri.platform.resilience import ExternalFailed, Guard, failed_status

DEFAULT_MODEL: Final = "claude-haiku-5-5"
DEFAULT_URL: Final = "https://api.anthropic.com"


class _Block(BaseModel):
    type: str
    text: str = ""


class _Message(BaseModel):
    content: list[_Block]
    stop_reason: str | None


class ClaudeModel:
    """A RemoteModel. Needs ``api_key``."""

    def __init__(self, settings: ModelSettings) -> None:
        self._model = settings.model or DEFAULT_MODEL
        self._effort = settings.effort
        url = str(settings.base_url or DEFAULT_URL)
        self._client = AsyncAnthropic(
            api_key=settings.key,
            base_url=url,
            max_retries=0,
            timeout=None,
            http_client=DefaultAsyncHttpxClient(follow_redirects=False, **_mounts(url)),
        )
        self._guard = Guard(self.name, settings)

    @property
    def name(self) -> str:
        return f"claude/{self._model}"

    async def structured(
        self, *, system: str, prompt: str, shape: type[Shape], max_tokens: int = 1024, jpeg: bytes | None = None
    ) -> Shape:
        """As LanguageModel, with the picture before the words. Raises LlmFailed."""
        content: list[ContentBlockParam] = [*_picture(jpeg), {"type": "text", "text": prompt}]

        async def attempt() -> Shape:
            return _read(await self._send(system, content, self._output(shape), max_tokens), shape)

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

    def _output(self, shape: type[BaseModel]) -> OutputConfigParam:
        output: OutputConfigParam = {"format": {"type": "json_schema", "schema": transform_schema(shape)}}
        if self._effort != "default":
            output["effort"] = self._effort
        return output

    async def _send(
        self, system: str, content: list[ContentBlockParam], output: OutputConfigParam, max_tokens: int
    ) -> bytes:
        # The raw response: parse() would meet a half-written answer before we could see that it was cut short.
        try:
            response = await self._client.messages.with_raw_response.create(
                model=self._model,
                max_tokens=max_tokens + ROOM_TO_THINK,
                system=system,
                messages=[{"role": "user", "content": content}],
                output_config=output,
            )
            return await response.read()
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


def _mounts(url: str) -> dict[str, Any]:
    """The environment may name a proxy, to which this machine's own servers are no business. The SDK's client reads it
    whatever ``trust_env`` says."""
    direct = urlsplit(url).hostname in LOOPBACK
    return {"mounts": dict.fromkeys(("http://", "https://", "all://"))} if direct else {}


def _picture(jpeg: bytes | None) -> list[ContentBlockParam]:
    if jpeg is None:
        return []
    data = base64.b64encode(jpeg).decode()
    return [{"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": data}}]


def _read(body: bytes, shape: type[Shape]) -> Shape:
    message = envelope(body, _Message)
    if message.stop_reason == "refusal":
        raise ExternalFailed("refused", counts_as_failure=False)
    if message.stop_reason in {"max_tokens", "model_context_window_exceeded"}:
        raise ExternalFailed("cut_short", counts_as_failure=False)
    # By type, not by place: a thinking block may come first.
    return answer("".join(block.text for block in message.content if block.type == "text"), shape)
