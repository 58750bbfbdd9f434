"""Makes the questions of a weekly test from the cards that somebody learns: pure functions. The right answer of a
question is always its card's; wrong ones are those of other cards, or a language model's that are surely wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

from bunri.domains.learning.grading import THRESHOLD, Expected, graded, keys_of, plain
from bunri.domains.learning.records import Card, CardKind, QuestionKind, WeeklyTestQuestion

FEWEST: Final = 7
MOST: Final = 10
FEWEST_CARDS: Final = 4
"""Different ones: with fewer, each answer would give the others away."""
WEAKEST: Final = 6
"""So many questions are about what is known least; the others about anything."""

LONGEST_ANSWER: Final = 120
LONGEST_TYPED: Final = 40
LONGEST_QUESTION: Final = 2000
CHOICES: Final = 4
_KINDS: Final = (
    QuestionKind.CHOICE,
    QuestionKind.TYPED,
    QuestionKind.CHOICE,
    QuestionKind.TRUE_FALSE,
    QuestionKind.CHOICE,
    QuestionKind.TYPED,
    QuestionKind.TRUE_FALSE,
    QuestionKind.CHOICE,
    QuestionKind.TYPED,
    QuestionKind.CHOICE,
)


@dataclass(frozen=True, slots=True)
class Source:
    """A card that can be asked about in a test: its question, and its answer in a few words."""

    card: Card
    question: str
    answer: str
    accepted: tuple[str, ...]


def sources(cards: Iterable[Card]) -> list[Source]:
    """In the order of ``cards``: those with a short answer, one of each note and of each question."""
    found: list[Source] = []
    notes: set[UUID] = set()
    questions: set[str] = set()
    for card in cards:
        source = _source(card)
        key = keys_of(source.question) or source.question
        if not _usable(source) or card.note_id in notes or key in questions:
            continue
        notes.add(card.note_id)
        questions.add(key)
        found.append(source)
    return found


def _source(card: Card) -> Source:
    accepted = tuple(filter(None, map(plain, card.accepted)))
    if card.kind == CardKind.TITLE:
        return Source(card, card.back, plain(card.front), accepted)
    return Source(card, card.front, plain(card.back), accepted)


def _usable(source: Source) -> bool:
    return (
        bool(keys_of(source.answer))
        and len(source.answer) <= LONGEST_ANSWER
        and len(source.question) <= LONGEST_QUESTION
    )


def made(test_id: UUID, found: Sequence[Source], seed: str) -> list[WeeklyTestQuestion]:
    """FEWEST to MOST questions; none where the sources are too few. ``found``: the least known first. The same
    sources and ``seed`` make the same test."""
    if len({keys_of(each.answer) for each in found}) < FEWEST_CARDS:
        return []
    random = Random(seed)  # noqa: S311  # a test, no secret
    weakest, others = list(found[:WEAKEST]), list(found[WEAKEST:])
    chosen = [*weakest, *random.sample(others, min(len(others), MOST - len(weakest)))]
    random.shuffle(chosen)
    questions: list[WeeklyTestQuestion] = []
    asked: set[tuple[UUID, QuestionKind]] = set()
    for source in _rounds(chosen):
        question = _question(test_id, len(questions) + 1, source, found, asked, random)
        if question:
            asked.add((source.card.id, question.kind))
            questions.append(question)
        if len(questions) >= max(FEWEST, min(len(chosen), MOST)):
            break
    return questions if len(questions) >= FEWEST else []


def _rounds(chosen: Sequence[Source]) -> Iterable[Source]:
    """Each once; where they are few, again in another kind."""
    for _ in QuestionKind:
        yield from chosen


def _question(
    test_id: UUID,
    position: int,
    source: Source,
    found: Sequence[Source],
    asked: set[tuple[UUID, QuestionKind]],
    random: Random,
) -> WeeklyTestQuestion | None:
    wrong = _wrong(source, found, random)
    wanted = _KINDS[(position - 1) % len(_KINDS)]
    for kind in (wanted, *QuestionKind):
        if (source.card.id, kind) in asked or not _fits(kind, source, wrong):
            continue
        card = source.card
        plainly = WeeklyTestQuestion(
            test_id,
            position,
            card.id,
            kind,
            source.question,
            source.answer,
            accepted=source.accepted,
            material=card.material,
        )
        if kind == QuestionKind.CHOICE:
            return replace(plainly, choices=_mixed([source.answer, *wrong], random))
        if kind == QuestionKind.TRUE_FALSE:
            true = random.random() < 0.5
            statement = source.answer if true else wrong[0]
            return replace(plainly, statement=statement, answer=str(true).lower(), accepted=())
        return plainly
    return None


def _fits(kind: QuestionKind, source: Source, wrong: Sequence[str]) -> bool:
    if kind == QuestionKind.TYPED:
        return len(source.answer) <= LONGEST_TYPED
    return len(wrong) >= (2 if kind == QuestionKind.CHOICE else 1)


def _wrong(source: Source, found: Sequence[Source], random: Random) -> list[str]:
    """The card's own choices; else answers of other cards that go another way, those of about the same length first."""
    own = [plain(each) for each in source.card.choices]
    answers = own or [each.answer for each in found if each.card.id != source.card.id]
    random.shuffle(answers)
    if not own:
        answers.sort(key=lambda answer: abs(len(answer) - len(source.answer)) // 10)
    return surely_wrong(source, answers)


def surely_wrong(source: Source, answers: Iterable[str]) -> list[str]:
    """The first of ``answers`` that no grader takes for right, or for one another: as many as a question needs."""
    kept: list[str] = []
    for answer in dict.fromkeys(answers):
        if len(kept) == CHOICES - 1:
            break
        alike = any(_alike(answer, other) for other in (source.answer, *source.accepted, *kept))
        if keys_of(answer) and not alike:
            kept.append(answer)
    return kept


def _alike(left: str, right: str) -> bool:
    pairs = ((left, right), (right, left))
    return any(graded(Expected(CardKind.TYPED, (wanted,)), given).score >= THRESHOLD for wanted, given in pairs)


def _mixed(choices: list[str], random: Random) -> tuple[str, ...]:
    random.shuffle(choices)
    return tuple(choices)


# ── worded by a language model ────────────────────────────────────────────────────────────────────────────────────────

SHORTEST_WORDED: Final = 4
LONGEST_WORDED: Final = 200
LONGEST_CHOICE: Final = 80


class Worded(NamedTuple):
    """What a model says instead of a question of choices."""

    question: str
    wrong: tuple[str, ...]


def worded(question: WeeklyTestQuestion, source: Source, said: Worded, seed: str) -> WeeklyTestQuestion | None:
    """``question`` in the model's words; None where they give the answer away or leave a doubt which one is right. The
    right answer stays the card's."""
    words = plain(said.question)
    wrong = surely_wrong(source, [plain(each) for each in said.wrong if len(each) <= LONGEST_CHOICE])
    if question.kind != QuestionKind.CHOICE or len(wrong) < 2:
        return None
    if not SHORTEST_WORDED <= len(words) <= LONGEST_WORDED or keys_of(source.answer) in keys_of(words):
        return None
    if "](media:" in question.question:
        words = question.question  # the picture is the question
    choices = _mixed([source.answer, *wrong], Random(seed))  # noqa: S311  # a test, no secret
    return replace(question, question=words, choices=choices)
