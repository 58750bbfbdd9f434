"""How long it takes to find all those whose hour for a reminder has come."""

import time
from datetime import UTC, datetime
from typing import Final

import asyncpg

from bench.result import BenchmarkResult, below
from bench.stats import median
from bunri.app.settings import Settings
from bunri.domains.learning.repository import LearningRepository
from bunri.platform.db import Database
from bunri.platform.db.address import login_address

PEOPLE: Final = 100_000
ROUNDS: Final = 5
FILL: Final = """
insert into learning.people (
    person, zone, rollover, language, new_a_day, reviews_a_day, retention, week_goal, makes_cards, reminder_hour,
    remind_at, created_at
)
select 'guest_' || gen_random_uuid(), 'Asia/Seoul', 4, 'ko', 10, 60, 0.9, 5, true, 19,
    now() - interval '1 minute', now()
from generate_series(1, $1::int)
"""


async def measure(settings: Settings, owner: asyncpg.Connection, people: int = PEOPLE) -> BenchmarkResult:
    """Read at once, as rows become learners; what they are told is asked for batch by batch afterwards."""
    await owner.execute(FILL, people)
    await owner.execute("analyze learning.people")
    database = Database(login_address(str(settings.database_url), settings.key("database roles")))
    transaction = database.transactions("learning", LearningRepository)
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        async with transaction() as repository:
            found = await repository.people_to_remind(datetime.now(UTC), people)
        seconds.append(time.perf_counter() - started)
    if len(found) != people:
        raise AssertionError(f"{len(found)} of {people} people were found")
    what = f"{people:,} people found whose hour for a reminder has come"
    return BenchmarkResult(what, median(seconds), "s", below(1))
