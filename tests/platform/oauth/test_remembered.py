"""What is fetched once for everybody."""

import asyncio
from datetime import timedelta

import pytest
from tests.platform.oauth.browsers import Time

from bunri.platform.oauth.remembered import Remembered

HOUR = timedelta(hours=1)


class Source:
    """Answers how often it was asked, when it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.open = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self) -> int:
        self.asked += 1
        await self.open.wait()
        if self.failure:
            raise self.failure
        return self.asked


async def test_all_who_ask_at_once_get_one_answer() -> None:
    source = Source()
    remembered = Remembered(source, Time())
    waiting = [asyncio.create_task(remembered.get(HOUR)) for _ in range(20)]
    await asyncio.sleep(0)
    source.open.set()
    assert await asyncio.gather(*waiting) == [1] * 20


async def test_all_who_wait_for_a_failure_get_it_and_the_next_one_tries_again() -> None:
    source = Source()
    source.failure = ValueError("down")
    remembered = Remembered(source, Time())
    waiting = [asyncio.create_task(remembered.get(HOUR)) for _ in range(20)]
    await asyncio.sleep(0)
    source.open.set()
    assert [str(each) for each in await asyncio.gather(*waiting, return_exceptions=True)] == ["down"] * 20
    source.failure = None
    assert (await remembered.get(HOUR), source.asked) == (2, 2)


async def test_who_gives_up_takes_nothing_from_the_others() -> None:
    source = Source()
    remembered = Remembered(source, Time())
    impatient, patient = (asyncio.create_task(remembered.get(HOUR)) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    source.open.set()
    assert await patient == 1


async def test_how_old_it_may_be_is_up_to_who_asks() -> None:
    source, time = Source(), Time()
    source.open.set()
    remembered = Remembered(source, time)
    assert await remembered.get(HOUR) == 1
    time.move(minutes=30)
    assert await remembered.get(HOUR) == 1
    assert await remembered.get(timedelta(minutes=1)) == 2
