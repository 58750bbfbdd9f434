"""Asks the language model, when there is one, so that what people wrote stays data."""

import secrets
from collections.abc import Mapping
from typing import Final, TypeVar

import structlog
from pydantic import BaseModel

from bunri.kit.errors import Limited, Unavailable
from bunri.kit.languages import Language, text
from bunri.platform.limits.limiter import RateLimiter
from bunri.platform.llm.errors import LlmFailed
from bunri.platform.llm.protocol import LanguageModel

Shape = TypeVar("Shape", bound=BaseModel)

log = structlog.get_logger(__name__)

LONGEST_BLOCK: Final = 4000
"""Characters of one text that a model is shown."""


class Asking:
    """``model``: None where only the built-in graders and makers are."""

    def __init__(self, model: LanguageModel | None, limiter: RateLimiter) -> None:
        self._model = model
        self._limiter = limiter

    @property
    def available(self) -> bool:
        return self._model is not None

    async def may(self, person: str) -> bool:
        """Whether a model may be asked for ``person`` once more; if so, it is counted."""
        if self._model is None:
            return False
        try:
            await self._limiter.hit("costly", person)
        except (Limited, Unavailable):
            return False
        return True

    async def ask(self, task: str, language: Language, blocks: Mapping[str, str], shape: type[Shape]) -> Shape | None:
        """What the model says to ``blocks`` (texts by their names); None where it says nothing of use. ``task`` is the
        sentence of the catalogues that says what to do. No transaction may be open."""
        if self._model is None:
            return None
        # Nobody who wrote one of the texts knows the fence, so none of them can end its block and begin another.
        fence = f"==={secrets.token_hex(12)}==="
        prompt = "\n".join(f"{fence} {name}\n{block[:LONGEST_BLOCK]}\n{fence}" for name, block in blocks.items())
        system = text(task, language, fence=fence)
        try:
            return await self._model.structured(system=system, prompt=prompt, shape=shape)
        except LlmFailed as failed:
            log.warning("learning.model_failed", task=task, reason=failed.reason)
            return None
