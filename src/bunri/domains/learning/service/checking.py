"""Checks a card before it is written: by what can be seen, by the rule table, by a language model if there is one."""

from typing import Final

import structlog
from pydantic import BaseModel, Field

from bunri.domains.auth.public import Caller
from bunri.domains.learning.checking import (
    LONGEST_FINDING,
    MOST_FINDINGS,
    CheckIn,
    CheckOut,
    Finding,
    FindingKind,
    FindingOut,
    findings,
    other_places,
)
from bunri.domains.learning.grading import plain
from bunri.domains.learning.service.asking import Asking
from bunri.domains.learning.service.learners import Learners
from bunri.domains.recycling.public import Facts, Match, RecyclingPublic
from bunri.kit.errors import Unavailable
from bunri.kit.languages import Language, text

TASK: Final = "learning.checker.system"
LONGEST_QUESTION: Final = 200

log = structlog.get_logger(__name__)


class Remark(BaseModel):
    kind: FindingKind = Field(description="factual, logical or title.")
    text: str = Field(description="One short sentence.")


class Remarks(BaseModel):
    """All that is taken of a model's answer."""

    findings: list[Remark] = Field(description="What is wrong with the card; empty where nothing is.")


class Checking:
    def __init__(self, learners: Learners, recycling: RecyclingPublic, asking: Asking) -> None:
        self._learners = learners
        self._recycling = recycling
        self._asking = asking
        self._places: dict[tuple[str, Language], list[str]] = {}
        """Names of categories by version of the rule table and language."""

    async def check(self, caller: Caller, card: CheckIn, language: Language) -> CheckOut:
        """What is wrong with ``card``; what only others know is left out where they are away."""
        found = findings(card)
        rule = None
        if not found:  # nothing else is worth knowing of a card without a side
            rule = await self._rule(card)
            found = [*found, *await self._contradiction(caller, card, rule)] if rule else found
        shown = [FindingOut(kind=each.kind, code=each.code, text=_sentence(each, language)) for each in found]
        remarks = await self._asking.ask(TASK, language, _blocks(card, rule), Remarks)
        if remarks is None:
            return CheckOut(findings=shown, by="builtin")
        said = [_shown(each) for each in remarks.findings if plain(each.text)]
        return CheckOut(findings=[*shown, *said][: max(len(shown), MOST_FINDINGS)], by="model")

    async def _rule(self, card: CheckIn) -> Match | None:
        """The thing that the card asks about, where its front names one of the rule table and no other."""
        words = plain(card.front)
        if not words or len(words) > LONGEST_QUESTION:
            return None
        try:
            matches = await self._recycling.search(words, _language(words), 2)
        except Unavailable as unavailable:
            log.warning("learning.check_without_rules", reason=str(unavailable))
            return None
        sure = [match for match in matches if match.sure]
        return sure[0] if len(sure) == 1 else None

    async def _contradiction(self, caller: Caller, card: CheckIn, rule: Match) -> list[Finding]:
        """The district where the caller lives may have a rule of its own: it is asked before anything is said."""
        language = _language(plain(card.front))
        try:
            named = other_places(card.back, rule.category_name, await self._names(language))
            if not named:
                return []
            region = (await self._learners.get(caller.id)).region
            advice = await self._recycling.advise([Facts(label=rule.item, said=True)], language, region)
        except Unavailable as unavailable:
            log.warning("learning.check_without_rules", reason=str(unavailable))
            return []
        right = advice[0].disposal.category_name
        if right in named:
            return []
        data = {"item": rule.name, "right": right, "named": named[0]}
        return [Finding(FindingKind.FACTUAL, "rule_contradicted", data)]

    async def _names(self, language: Language) -> list[str]:
        key = await self._recycling.version(), language
        if key not in self._places:
            kinds = await self._recycling.kinds(language)
            found = [await self._recycling.search(kind.name, language, 5) for kind in kinds]
            self._places = {key: sorted({match.category_name for matches in found for match in matches})}
        return self._places[key]


def _blocks(card: CheckIn, rule: Match | None) -> dict[str, str]:
    blocks = {
        "kind": card.kind,
        "front": plain(card.front),
        "back": plain(card.back),
        "choices": "\n".join(card.choices),
        "rule": f"{rule.name}: {rule.category_name}" if rule else "",
    }
    return {name: block for name, block in blocks.items() if block}


def _sentence(finding: Finding, language: Language) -> str:
    return text(f"learning.checker.{finding.code}", language, **finding.data)


def _shown(remark: Remark) -> FindingOut:
    return FindingOut(kind=remark.kind, code=None, text=plain(remark.text)[:LONGEST_FINDING])


def _language(words: str) -> Language:
    return "en" if words.isascii() else "ko"
