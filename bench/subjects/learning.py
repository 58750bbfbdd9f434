"""Learning: who is asked what among a million memories, a review, a log replayed beside the library's bare loop, an
Anki deck brought along, who is to be reminded, and what is told of a hundred thousand reviews."""

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
from fsrs import Card, Rating
from fsrs.scheduler import Scheduler

from bench import database, importing, product, reminding
from bench.client import Client
from bench.paths import workplace
from bench.result import BenchmarkResult, below
from bench.server_log import LOGGED, ServerLog
from bench.stats import median, ms, without_warmup
from bunri.app.settings import Settings
from bunri.domains.learning.schedule import Entry, Happened, replay
from bunri.kit.ids import new_id

CARDS: Final = 1000
"""Of each person: a third of them new, 25 due, some in a step."""
QUEUE: Final = """
select card_id, part, waiting from learning.queue($1, now(), current_date, array['pet'], null, 10, 60)
"""
DECK: Final = """
insert into learning.decks (id, kind, name, description, owner, language, created_at, updated_at)
values ($1, 'own', 'bench', '', 'bench', 'ko', now(), now())
"""
CARDS_OF_IT: Final = """
insert into learning.cards (
    id, deck_id, note_id, kind, front, back, choices, accepted, tags, media, edited, origin, position, grams, initials,
    created_at, updated_at
)
select gen_random_uuid(), $1, gen_random_uuid(), 'flip', number || '번은 어디에 버려요?', '플라스틱류로 버려요.',
    '{}', '{}', '{}', '{}', false, 'written', number, '{}', '{}', now(), now()
from generate_series(1, $2::int) as number
"""
MEMORIES: Final = """
insert into learning.memories (
    person, card_id, deck_id, note_id, material, position, state, step, stability, difficulty, due_day, due_at,
    first_day, last_day, last_at, interval, reviews, lapses, suspended
)
select person, card.id, card.deck_id, card.note_id,
    (array['pet', 'paper', 'glass', 'can', 'vinyl'])[1 + card.position % 5], card.position, state,
    case when state = 1 then 0 end, case when state > 0 then 1 + 30 * share end,
    case when state > 0 then 5 end, case when state = 2 then current_date - 5 + (120 * share)::int end,
    case when state = 1 then now() end, case when state > 0 then current_date - 90 end,
    case when state > 0 then current_date - 1 - (60 * share)::int end,
    case when state > 0 then now() - interval '1 day' end,
    case when state = 2 then 1 + (60 * share)::int else 0 end, case when state > 0 then 5 else 0 end, 0, false
from unnest($1::text[]) as person, learning.cards as card, lateral (
    select case when luck < 0.33 then 0 when luck < 0.333 then 1 else 2 end as state, random() as share
    from (select random() as luck, person, card.id) as drawn
) as drawn
where card.deck_id = $2
"""
LEARNS: Final = """
insert into learning.members (deck_id, person, role, name, joined_at) values ($1, $2, 'learner', 'bench', now())
"""

REVIEWS: Final = """
insert into learning.reviews (
    id, person, card_id, kind, rating, reviewed_at, day, seconds, received_at, recalled
)
select gen_random_uuid(), $1, card.id, 'review', case when knew then 3 else 1 end, at, at::date, 4, at,
    case when number > 2 then knew end
from learning.cards as card, generate_series(1, $3::int) as number, lateral (
    select hashtext(card.id::text || number) % 10 <> 0 as knew,
        now() - interval '2 years' * (1 - (number + card.position % 10 / 10.0) / ($3 + 1)) as at
) as drawn
where card.deck_id = $2
"""
"""Over two years; what is remembered of the first two is not told."""


def measure(quick: bool) -> list[BenchmarkResult]:
    people, asked, reviews = (100, 200, 10_000) if quick else (1000, 2000, 100_000)
    with product.running() as running:
        *guests, diligent = [Client.sign_in(running.url) for _ in range(5)]
        settings = product.settings(running.data)
        ids = [diligent.id, *(guest.id for guest in guests)]
        results = asyncio.run(_in_the_database(settings, running.data, ids, people, asked, reviews))
        results += _over_http(guests, asked // 10)
        results.append(_told(diligent, reviews, asked // 40))
        with workplace() as folder:
            results += importing.measure(running, guests[0], folder, *((500,) if quick else ()))
    return [*results, _replayed(reviews, rounds=1 if quick else 5)]


# ── asked ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _in_the_database(
    settings: Settings, data: Path, guests: Sequence[str], people: int, asked: int, reviews: int
) -> list[BenchmarkResult]:
    owner = await asyncpg.connect(str(settings.database_url))
    try:
        everybody = [*guests, *(f"guest_{new_id()}" for _ in range(people - len(guests)))]
        await _fill(owner, everybody, guests, reviews)
        floor = await _timed(owner, "select $1::text", everybody, asked)
        there_and_back = await _timed(owner, QUEUE, everybody, asked)
        log = ServerLog(data)
        await owner.execute(LOGGED)
        await _timed(owner, QUEUE, everybody, asked)
        await owner.execute("reset log_min_duration_statement")
        reminded = await reminding.measure(settings, owner, *((1000,) if people < CARDS else ()))
    finally:
        await owner.close()
    return [
        BenchmarkResult(
            f"what one person is asked, among {people * CARDS:,}, p99 in the database",
            ms(queue := without_warmup(log.seconds()), 0.99),
            "ms",
            below(0.5),
            note=f"p50 {ms(queue, 0.5):.2f} ms",
        ),
        BenchmarkResult(
            "the same, with the way there and back, p99",
            ms(there_and_back, 0.99),
            "ms",
            peer="select 1",
            beside=ms(floor, 0.99),
            note=f"p50 {ms(there_and_back, 0.5):.2f} ms",
        ),
        reminded,
    ]


async def _fill(owner: asyncpg.Connection, people: Sequence[str], guests: Sequence[str], reviews: int) -> None:
    """The first of ``guests`` has done all of ``reviews``."""
    deck = new_id()
    await owner.execute(DECK, deck)
    await owner.execute(CARDS_OF_IT, deck, CARDS)
    async with database.without_indexes(owner, "learning.memories"):
        await owner.execute(MEMORIES, people, deck)
    await owner.execute(REVIEWS, guests[0], deck, reviews // CARDS)
    await owner.execute("vacuum analyze learning.reviews")
    await owner.executemany(LEARNS, [(deck, guest) for guest in guests])


async def _timed(owner: asyncpg.Connection, statement: str, people: Sequence[str], count: int) -> list[float]:
    """Prepared, for somebody else each time."""
    prepared, chosen, seconds = await owner.prepare(statement), random.Random(1), []
    for _ in range(count):
        person = chosen.choice(people)
        started = time.perf_counter()
        await prepared.fetch(person)
        seconds.append(time.perf_counter() - started)
    return list(without_warmup(seconds))


def _over_http(guests: Sequence[Client], count: int) -> list[BenchmarkResult]:
    """One person after the other asks, and reviews the first card."""
    due, reviewed = [], []
    for number in range(count):
        guest = guests[number % len(guests)]
        started = time.perf_counter()
        shown = guest.ask("GET", "/api/v1/learning/due")
        due.append(time.perf_counter() - started)
        if not shown["cards"]:
            continue
        said = {"id": str(new_id()), "rating": "easy"}
        started = time.perf_counter()
        guest.ask("POST", f"/api/v1/learning/cards/{shown['cards'][0]['id']}/reviews", said)
        reviewed.append(time.perf_counter() - started)
    return [_p99("GET /due of up to 50 cards, p99", due, 10), _p99("a review, p99", reviewed, 15)]


def _told(diligent: Client, reviews: int, count: int) -> BenchmarkResult:
    seconds = []
    for _ in range(count):
        started = time.perf_counter()
        shown = diligent.ask("GET", "/api/v1/learning/stats")
        seconds.append(time.perf_counter() - started)
    if not shown["retention"][0]["answers"]:
        raise AssertionError("none of the reviews are told of")
    return _p99(f"GET /stats of who has done {reviews:,} reviews, p99", seconds, 150)


def _p99(what: str, seconds: Sequence[float], budget: float) -> BenchmarkResult:
    kept = without_warmup(seconds)
    return BenchmarkResult(
        what, ms(kept, 0.99), "ms", below(budget), note=f"p50 {ms(kept, 0.5):.1f} ms, {len(kept)} times"
    )


# ── replayed ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _replayed(reviews: int, rounds: int) -> BenchmarkResult:
    """Cards of a hundred reviews each, in turns with the library's own loop."""
    logs = _logs(reviews)
    ours, theirs = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        for card, log in logs:
            replay(log, card)
        ours.append(time.perf_counter() - started)
        theirs.append(_bare(logs))
    return BenchmarkResult(
        f"{reviews:,} reviews replayed", median(ours), "s", below(2), "the loop of fsrs, without fuzz", median(theirs)
    )


def _bare(logs: Sequence[tuple[UUID, Sequence[Entry]]]) -> float:
    scheduler = Scheduler(enable_fuzzing=False)
    started = time.perf_counter()
    for _, log in logs:
        card = Card(card_id=1)
        for entry in log:
            assert entry.rating
            card, _ = scheduler.review_card(card, entry.rating, entry.at)
    return time.perf_counter() - started


def _logs(reviews: int) -> list[tuple[UUID, list[Entry]]]:
    drawn, begun = random.Random(1), date(2020, 1, 1)
    found = []
    for _ in range(reviews // 100):
        day, log = begun, list[Entry]()
        for _ in range(100):
            day += timedelta(days=drawn.choice((0, 1, 3, 9, 20)))
            rating = Rating(drawn.choice((1, 2, 3, 3, 3, 3, 4)))
            log.append(Entry(Happened.REVIEW, rating, datetime(day.year, day.month, day.day, 12, tzinfo=UTC), day))
        found.append((new_id(), log))
    return found
