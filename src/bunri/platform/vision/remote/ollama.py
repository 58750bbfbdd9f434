"""Asks an Ollama on this very machine what it has (docs.ollama.com/api). It never asks another machine."""

import json
import re
from typing import Final

from pydantic import BaseModel, Field, TypeAdapter

from bunri.platform.external import ExternalApi
from bunri.platform.external_settings import ExternalSettings
from bunri.platform.resilience import ExternalFailed, Guard

URL: Final = "http://127.0.0.1:11434"
WITHIN_S: Final = 2.0
MOST_ASKED: Final = 8
"""Models that are asked one by one whether they can see, where the list does not say."""
_NAME: Final = re.compile(r"[\w./:-]{1,120}")
"""Names that may be shown, and pasted into a shell as they are."""


class _Model(BaseModel):
    name: str
    size: int = 0
    capabilities: list[str] | None = None
    remote_host: str | None = None
    """Where the model really runs: Ollama passes on what it is asked."""


class _Models(BaseModel):
    models: list[_Model] = Field(default_factory=list)


class _Shown(BaseModel):
    capabilities: list[str] = Field(default_factory=list)


class LocalOllama:
    def __init__(self, url: str | None = None) -> None:
        self._url = url or URL

    async def vision_model(self) -> str | None:
        """The largest model on this machine that can look at pictures; None where there is none, or no Ollama."""
        api = ExternalApi(self._url)
        guard = Guard("ollama", ExternalSettings(timeout_s=WITHIN_S, retries=0))
        try:
            return await guard.call(lambda: _largest(api))
        except ExternalFailed:
            return None  # nobody there, or it is no Ollama
        finally:
            await api.aclose()


async def _largest(api: ExternalApi) -> str | None:
    listed = (await api.send("GET", "/api/tags")).read(TypeAdapter(_Models)).models
    here = [each for each in listed if _NAME.fullmatch(each.name) and not each.remote_host and each.size]
    for model in sorted(here, key=lambda each: -each.size)[:MOST_ASKED]:
        if "vision" in (await _shown(api, model) if model.capabilities is None else model.capabilities):
            return model.name
    return None


async def _shown(api: ExternalApi, model: _Model) -> list[str]:
    body = json.dumps({"model": model.name}).encode()
    answer = await api.send("POST", "/api/show", content=body, headers={"Content-Type": "application/json"})
    return answer.read(TypeAdapter(_Shown)).capabilities if answer.status == 200 else []
