"""What a card is told before it is written."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

import pytest
from tests.platform.llm.test_models import CLAUDE
from tests.support.clockwork import Clockwork
from tests.support.servers import Server, Step, garbage, hang, ok, serving, status

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.auth.public import Caller
from bunri.domains.learning.checking import CheckIn, findings, other_places
from bunri.domains.learning.records import CardKind
from bunri.domains.learning.service.checking import Checking
from bunri.kit.languages import LANGUAGES, Language, text
from bunri.platform.llm.settings import LlmSettings

PLACES = ["종이류", "종이팩", "플라스틱류", "비닐류", "일반쓰레기"]


def codes(front: str, back: str, kind: CardKind = CardKind.FLIP, *choices: str) -> list[str]:
    card = CheckIn(kind=kind, front=front, back=back, choices=list(choices))
    found = findings(card)
    for finding in found:
        for language in LANGUAGES:
            assert text(f"learning.checker.{finding.code}", language, **finding.data)
    return [finding.code for finding in found]


class TestWhatCanBeSeen:
    @pytest.mark.parametrize(
        ("front", "back", "expected"),
        [
            ("페트병은 어디에?", "투명페트병 수거함", []),
            ("![](media:1)", "캔", []),
            ("", "캔", ["front_empty"]),
            ("**  **", "캔", ["front_empty"]),
            ("캔은?", " ", ["back_empty"]),
            ("종량제 봉투", "종량제봉투!", ["sides_same"]),
            ("플라스틱류는 플라스틱류에 버리나요?", "플라스틱류", ["answer_in_question"]),
        ],
    )
    def test_of_the_sides(self, front: str, back: str, expected: list[str]) -> None:
        assert codes(front, back) == expected

    @pytest.mark.parametrize(
        ("choices", "expected"),
        [
            (["캔", "병"], []),
            (["캔", "병", "병 "], ["choices_repeat"]),
            (["캔", "캔"], ["choices_repeat", "choices_few"]),
            (["병", "종이"], ["back_no_choice"]),
            ([], ["choices_few"]),
        ],
    )
    def test_of_choices(self, choices: list[str], expected: list[str]) -> None:
        assert codes("알루미늄은?", "캔", CardKind.CHOICE, *choices) == expected

    def test_of_a_title(self) -> None:
        assert codes("우유팩 버리기", "씻어서 펴 말려요", CardKind.TITLE) == []
        assert codes("우유팩", "우유팩은 씻어서 펴 말려요", CardKind.TITLE) == ["title_in_text"]
        assert codes("가나다라 " * 30, "씻어서 펴 말려요", CardKind.TITLE) == ["title_long"]


class TestOtherPlaces:
    @pytest.mark.parametrize(
        ("back", "expected"),
        [
            ("플라스틱류에 넣어요", ["플라스틱류"]),
            ("종이팩 수거함", []),
            ("종이팩이 없으면 종이류", []),
            ("종이류가 아니에요", []),
            ("깨끗이 씻어요", []),
        ],
    )
    def test_are_those_instead_of_the_right_one(self, back: str, expected: list[str]) -> None:
        assert other_places(back, "종이팩", PLACES) == expected


Checkings = Callable[..., AbstractAsyncContextManager[tuple[Checking, Server]]]


@pytest.fixture
def checkings(settings: Settings, clock: Clockwork) -> Checkings:
    @asynccontextmanager
    async def opened(*script: Step) -> AsyncIterator[tuple[Checking, Server]]:
        async with serving(*script) as server:
            llm = {"provider": "claude", "api_key": "sk", "base_url": server.url, "retries": 0, "timeout_s": 0.3}
            changed = settings.model_copy(update={"llm": LlmSettings.model_validate(llm)})
            container = InlineContainer(changed, clock=clock)
            try:
                yield container.get(Checking), server
            finally:
                await container.close()

    return opened


@pytest.fixture
def checking(container: InlineContainer) -> Checking:
    return container.get(Checking)


class TestByTheRuleTable:
    @pytest.mark.parametrize(
        ("front", "back", "language", "named"),
        [
            ("우유팩", "플라스틱류에 버려요", "ko", "플라스틱류"),
            ("우유팩", "종이팩 수거함에 넣어요", "ko", None),
            ("우유팩", "씻어서 말려요", "ko", None),
            ("무엇이 가장 좋을까요", "플라스틱류", "ko", None),
            ("milk carton", "Plastic recycling", "en", "Plastic recycling"),
            ("milk carton", "Carton recycling", "en", None),
        ],
    )
    async def test_a_card_that_names_another_place_is_told(
        self, checking: Checking, one: Caller, front: str, back: str, language: Language, named: str | None
    ) -> None:
        out = await checking.check(one, CheckIn(front=front, back=back), language)
        assert out.by == "builtin"
        assert [each.code for each in out.findings] == (["rule_contradicted"] if named else [])
        assert all(named in each.text for each in out.findings if named)


class TestByAModel:
    async def test_says_what_it_found(self, checkings: Checkings, one: Caller) -> None:
        said = {"findings": [{"kind": "factual", "text": "**병**은 다른 곳이에요."}, {"kind": "title", "text": " "}]}
        async with checkings(ok(CLAUDE.says(json.dumps(said)))) as (checking, server):
            out = await checking.check(one, CheckIn(front="병은?", back="캔류"), "ko")
            assert out.by == "model"
            assert [(each.kind, each.code, each.text) for each in out.findings] == [
                ("factual", None, "병은 다른 곳이에요.")
            ]
            body = cast("dict[str, Any]", server.requests[0].json())
            fence = body["messages"][0]["content"][0]["text"].split()[0]
            assert fence in body["system"]

    async def test_says_little(self, checkings: Checkings, one: Caller) -> None:
        said = {"findings": [{"kind": "logical", "text": "가" * 1000}] * 50}
        async with checkings(ok(CLAUDE.says(json.dumps(said)))) as (checking, _):
            out = await checking.check(one, CheckIn(front="병은?", back="캔류"), "ko")
            assert [len(each.text) for each in out.findings] == [300] * 5

    @pytest.mark.parametrize("step", [status(500), garbage(), hang, ok(CLAUDE.says("fine!"))])
    async def test_away_leaves_the_built_in_checks(self, checkings: Checkings, one: Caller, step: Step) -> None:
        async with checkings(step) as (checking, _):
            out = await checking.check(one, CheckIn(front="캔", back="캔"), "en")
            assert out.by == "builtin"
            assert [each.text for each in out.findings] == ["Front and back say the same."]
