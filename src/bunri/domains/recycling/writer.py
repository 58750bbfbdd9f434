"""Writers word the advice that the rules have decided; a wording that says anything else is discarded."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import ClassVar, Final, Protocol

import structlog
from pydantic import BaseModel, Field, ValidationError

from bunri.domains.recycling.wording import find_change
from bunri.kit.languages import Language, text
from bunri.platform.llm.protocol import LanguageModel

log = structlog.get_logger(__name__)

CACHE_TTL: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PromptContext:
    """All that a writer is told: what the rules say, and as a quotation what the person typed."""

    language: Language
    item: str
    category: str
    category_name: str
    steps: tuple[str, ...]
    """What to do, in order, each sentence once; so are the reasons."""
    why: tuple[str, ...]
    situation: tuple[str, ...]
    """The conditions and the region that applied, in words."""
    user_words: str | None
    rule: str
    """The rows that decided and their version. Part of the key under which an answer is cached."""


class Reworded(BaseModel):
    """A given sentence in other words."""

    id: str = Field(description="The id of the given sentence, exactly as given.")
    text: str = Field(description="That sentence, and nothing else, in other words.")


class Answer(BaseModel):
    """What a language model is asked for."""

    category: str = Field(description="The category's slug, exactly as given.")
    steps: tuple[Reworded, ...] = Field(description="Each of the given steps once, in their order.")
    why: tuple[Reworded, ...] = Field(description="Each of the given reasons once, in their order.")


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of an advice: one for each of the context's steps, in their order."""

    steps: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class WrittenAdvice:
    """A wording and who wrote it: builtin, claude, openai."""

    wording: Wording
    writer: str


class Writer(Protocol):
    """Words a decision. Never raises."""

    at_once: ClassVar[bool]
    """Whether it waits for nobody."""

    async def write(self, context: PromptContext) -> WrittenAdvice: ...


class TextCache(Protocol):
    """A cache of wordings. May raise; then the built-in wording is used."""

    async def get(self, key: str) -> bytes | None: ...

    async def set(self, key: str, value: bytes, ttl: timedelta) -> object: ...


class BuiltinWriter:
    """The table's own sentences."""

    at_once: ClassVar = True

    async def write(self, context: PromptContext) -> WrittenAdvice:
        return WrittenAdvice(builtin(context), "builtin")


def builtin(context: PromptContext) -> Wording:
    return Wording(context.steps, " ".join(context.why))


class LlmWriter:
    """A language model's wording, when it says the same as the rules; else the built-in one."""

    at_once: ClassVar = False

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
        kept = await self._kept(key, context)
        if kept is not None:
            return _wording(kept)
        answer = await self._model.structured(
            system=text("recycling.writer.system", context.language), prompt=prompt(context), shape=Answer
        )
        violation = find_violation(answer, context)
        if violation:
            raise Contradiction(violation)
        await self._cache.set(key, answer.model_dump_json().encode(), CACHE_TTL)
        return _wording(answer)

    async def _kept(self, key: str, context: PromptContext) -> Answer | None:
        """The answer in the cache. It is checked again: an older version, which kept it, may have known less."""
        cached = await self._cache.get(key)
        try:
            kept = Answer.model_validate_json(cached) if cached else None
        except ValidationError:
            return None
        return None if kept is None or find_violation(kept, context) else kept

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
        "steps": _numbered("step", context.steps),
        "why": _numbered("why", context.why),
        "situation": context.situation,
        "quoted_from_the_person": context.user_words,
    }
    return json.dumps(case, ensure_ascii=False, indent=1)


def _numbered(kind: str, sentences: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": f"{kind}-{number}", "text": sentence} for number, sentence in enumerate(sentences, 1)]


def _wording(answer: Answer) -> Wording:
    return Wording(
        tuple(step.text.strip() for step in answer.steps), " ".join(reason.text.strip() for reason in answer.why)
    )


def find_violation(answer: Answer, context: PromptContext) -> str | None:
    """The first rule for wordings that ``answer`` breaks, or None."""
    if answer.category != context.category:
        return f"another category: {answer.category[:40]}"
    for kind, given, written in (("step", context.steps, answer.steps), ("why", context.why, answer.why)):
        sentences = _numbered(kind, given)
        if [each.id for each in written] != [each["id"] for each in sentences]:
            return f"other sentences than those given: {kind}"
        for sentence, reworded in zip(sentences, written, strict=True):
            change = find_change(sentence["text"], reworded.text.strip(), context.language, context.item)
            if change:
                return f"{reworded.id}: {change}"
    return None
