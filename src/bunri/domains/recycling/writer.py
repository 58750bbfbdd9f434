"""Who words the advice. The rules have decided by then: a writer explains, and one that contradicts is not heard."""

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

KEPT: Final = timedelta(days=30)
MOST_STEPS, LONGEST_STEP, LONGEST_WHY = 10, 200, 500
_LINK: Final = re.compile(r"://|www\.|\S\.[a-z]{2,}", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{3,}")


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a writer may know: what the rules say, and in quotes what somebody said."""

    language: Language
    item: str
    category: str
    category_name: str
    steps: tuple[str, ...]
    why: tuple[str, ...]
    situation: tuple[str, ...]
    """The conditions and the region that had a say, in words."""
    said: str | None
    others: tuple[str, ...]
    """Names of all other categories: an answer must not send anybody there."""
    rule: str
    """The rows that decided and their version: with the rest of the brief, the identity of an answer."""


class Wording(BaseModel):
    """How to say it."""

    category: str = Field(description="The category's slug, exactly as given.")
    steps: tuple[str, ...] = Field(description="What to do, one short sentence each, in order.")
    why: str = Field(description="Why it goes there, in one to three friendly sentences.")


@dataclass(frozen=True, slots=True)
class Written:
    """A wording and who wrote it: builtin, claude, openai."""

    wording: Wording
    writer: str


class Writer(Protocol):
    """Words a decided case. Never raises."""

    async def write(self, brief: Brief) -> Written: ...


class TextCache(Protocol):
    """Keeps answers for a while. May raise; then we go on without."""

    async def get(self, key: str) -> bytes | None: ...

    async def set(self, key: str, value: bytes, ttl: timedelta) -> object: ...


class BuiltinWriter:
    """The table's own sentences, each once."""

    async def write(self, brief: Brief) -> Written:
        return Written(builtin(brief), "builtin")


def builtin(brief: Brief) -> Wording:
    return Wording(
        category=brief.category, steps=tuple(dict.fromkeys(brief.steps)), why=" ".join(dict.fromkeys(brief.why))
    )


class LlmWriter:
    """A language model's wording, when it says the same as the rules; else the built-in one."""

    def __init__(self, model: LanguageModel, cache: TextCache) -> None:
        self._model = model
        self._cache = cache

    async def write(self, brief: Brief) -> Written:
        try:
            return Written(await self._worded(brief), self._model.name.partition("/")[0])
        except Exception as error:  # whatever fails out there, the person gets the built-in sentences
            log.warning("writer.builtin", reason=str(error) or type(error).__name__, rule=brief.rule)
            return Written(builtin(brief), "builtin")

    async def _worded(self, brief: Brief) -> Wording:
        key = self._key(brief)
        kept = await self._cache.get(key)
        if kept is not None:
            return Wording.model_validate_json(kept)
        answer = await self._model.structured(
            system=text("recycling.writer.system", brief.language), prompt=prompt(brief), shape=Wording
        )
        fault = flaw(answer, brief)
        if fault:
            raise Contradiction(fault)
        await self._cache.set(key, answer.model_dump_json().encode(), KEPT)
        return answer

    def _key(self, brief: Brief) -> str:
        identity = json.dumps([self._model.name, asdict(brief)], ensure_ascii=False)
        return f"recycling:wording:{hashlib.sha256(identity.encode()).hexdigest()}"


class Contradiction(Exception):
    """The model's answer is not what the rules say; the argument names what is wrong with it."""


def prompt(brief: Brief) -> str:
    """The case as JSON: what people or pictures said stays a quoted value, so it cannot pass for an instruction."""
    case: Mapping[str, object] = {
        "item": brief.item,
        "category": brief.category,
        "category_name": brief.category_name,
        "steps": brief.steps,
        "why": brief.why,
        "situation": brief.situation,
        "quoted_from_the_person": brief.said,
    }
    return json.dumps(case, ensure_ascii=False, indent=1)


def flaw(answer: Wording, brief: Brief) -> str | None:
    """What forbids using ``answer``, or None."""
    told = " ".join((*brief.steps, *brief.why, brief.category_name))
    said = " ".join((*answer.steps, answer.why))
    if answer.category != brief.category:
        return f"another category: {answer.category}"
    if not answer.steps or not answer.why.strip() or not all(step.strip() for step in answer.steps):
        return "empty"
    if len(answer.steps) > MOST_STEPS or len(answer.why) > LONGEST_WHY:
        return "too long"
    if max(map(len, answer.steps)) > LONGEST_STEP:
        return "too long"
    if _LINK.search(said):
        return "a link"
    if set(_NUMBER.findall(said)) - set(_NUMBER.findall(told)):
        return "a number of its own"
    if any(name in said and name not in told for name in brief.others):
        return "the name of another category"
    if brief.language == "ko" and not re.search("[가-힣]", said):
        return "another language"
    return None
