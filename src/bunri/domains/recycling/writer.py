"""Writers word the advice that the rules have decided; a wording that contradicts the rules is discarded."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final, Protocol

import structlog
from pydantic import BaseModel, Field

from bunri.kit.languages import Language, text
from bunri.platform.llm.protocol import LanguageModel

log = structlog.get_logger(__name__)

CACHE_TTL: Final = timedelta(days=30)
MAX_STEPS, MAX_STEP_LENGTH, MAX_WHY_LENGTH = 10, 200, 500
_LINK: Final = re.compile(r"://|www\.|\S\.[a-z]{2,}", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{3,}")


@dataclass(frozen=True, slots=True)
class PromptContext:
    """All that a writer is told: what the rules say, and as a quotation what the person typed."""

    language: Language
    item: str
    category: str
    category_name: str
    steps: tuple[str, ...]
    why: tuple[str, ...]
    situation: tuple[str, ...]
    """The conditions and the region that applied, in words."""
    user_words: str | None
    other_categories: tuple[str, ...]
    """Names of all other categories, which an answer must not mention."""
    rule: str
    """The rows that decided and their version. Part of the key under which an answer is cached."""


class Wording(BaseModel):
    """The sentences of an advice."""

    category: str = Field(description="The category's slug, exactly as given.")
    steps: tuple[str, ...] = Field(description="What to do, one short sentence each, in order.")
    why: str = Field(description="Why it goes there, in one to three friendly sentences.")


@dataclass(frozen=True, slots=True)
class WrittenAdvice:
    """A wording and who wrote it: builtin, claude, openai."""

    wording: Wording
    writer: str


class Writer(Protocol):
    """Words a decision. Never raises."""

    async def write(self, context: PromptContext) -> WrittenAdvice: ...


class TextCache(Protocol):
    """A cache of wordings. May raise; then the built-in wording is used."""

    async def get(self, key: str) -> bytes | None: ...

    async def set(self, key: str, value: bytes, ttl: timedelta) -> object: ...


class BuiltinWriter:
    """The table's own sentences, each once."""

    async def write(self, context: PromptContext) -> WrittenAdvice:
        return WrittenAdvice(builtin(context), "builtin")


def builtin(context: PromptContext) -> Wording:
    return Wording(
        category=context.category, steps=tuple(dict.fromkeys(context.steps)), why=" ".join(dict.fromkeys(context.why))
    )


class LlmWriter:
    """A language model's wording, when it says the same as the rules; else the built-in one."""

    def __init__(self, model: LanguageModel, cache: TextCache) -> None:
        self._model = model
        self._cache = cache

    async def write(self, context: PromptContext) -> WrittenAdvice:
        try:
            return WrittenAdvice(await self._ask_model(context), self._model.name.partition("/")[0])
        except Exception as error:  # whatever fails in the model or the cache, the person gets the built-in sentences
            log.warning("writer.builtin", reason=str(error) or type(error).__name__, rule=context.rule)
            return WrittenAdvice(builtin(context), "builtin")

    async def _ask_model(self, context: PromptContext) -> Wording:
        key = self._key(context)
        cached = await self._cache.get(key)
        if cached is not None:
            return Wording.model_validate_json(cached)
        answer = await self._model.structured(
            system=text("recycling.writer.system", context.language), prompt=prompt(context), shape=Wording
        )
        violation = find_violation(answer, context)
        if violation:
            raise Contradiction(violation)
        await self._cache.set(key, answer.model_dump_json().encode(), CACHE_TTL)
        return answer

    def _key(self, context: PromptContext) -> str:
        identity = json.dumps([self._model.name, asdict(context)], ensure_ascii=False)
        return f"recycling:wording:{hashlib.sha256(identity.encode()).hexdigest()}"


class Contradiction(Exception):
    """The model's answer contradicts the rules; the argument names the violation."""


def prompt(context: PromptContext) -> str:
    """The case as JSON: what a person typed is a quoted value, so that it is not read as an instruction."""
    case: Mapping[str, object] = {
        "item": context.item,
        "category": context.category,
        "category_name": context.category_name,
        "steps": context.steps,
        "why": context.why,
        "situation": context.situation,
        "quoted_from_the_person": context.user_words,
    }
    return json.dumps(case, ensure_ascii=False, indent=1)


def find_violation(answer: Wording, context: PromptContext) -> str | None:
    """The first rule for wordings that ``answer`` breaks, or None."""
    allowed = " ".join((*context.steps, *context.why, context.category_name))
    written = " ".join((*answer.steps, answer.why))
    if answer.category != context.category:
        return f"another category: {answer.category}"
    if not answer.steps or not answer.why.strip() or not all(step.strip() for step in answer.steps):
        return "empty"
    if len(answer.steps) > MAX_STEPS or len(answer.why) > MAX_WHY_LENGTH:
        return "too long"
    if max(map(len, answer.steps)) > MAX_STEP_LENGTH:
        return "too long"
    if _LINK.search(written):
        return "a link"
    if set(_NUMBER.findall(written)) - set(_NUMBER.findall(allowed)):
        return "a number of its own"
    if any(name in written and name not in allowed for name in context.other_categories):
        return "the name of another category"
    if context.language == "ko" and not re.search("[가-힣]", written):
        return "another language"
    return None
