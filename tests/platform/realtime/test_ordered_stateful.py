"""Two processes, people who come and go and come again with what they know, a channel that loses, doubles and mixes up
what is said, and a database that is away now and then: everybody's log is without a gap and has each number once."""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.platform.realtime.test_ordered import ROOM, Kept

from bunri.kit.errors import Unavailable
from bunri.platform.realtime.ordered import OrderedRooms

T = TypeVar("T")
PEOPLE, NODES = 3, 2
some_person, some_node = st.integers(0, PEOPLE - 1), st.integers(0, NODES - 1)


class Person:
    """Knows what was said; comes again with the newest number of it."""

    def __init__(self) -> None:
        self.log: list[int] = []
        self.read_up_to = 0
        """What pages told: a push of it says nothing new."""
        self.node: int | None = None

    @property
    def knows(self) -> int:
        return self.log[-1] if self.log else 0

    def hear(self, seq: int) -> None:
        if seq > self.read_up_to:
            self.log.append(seq)


class Process:
    def __init__(self, kept: Kept) -> None:
        self.here: set[Person] = set()
        self.channel: list[dict[str, Any]] = []
        """What was published and has not come yet."""
        self.rooms = OrderedRooms(kept, self._deliver)

    async def _deliver(self, event: str, data: Mapping[str, Any], room: str) -> None:
        await asyncio.sleep(0)
        for each in self.here:
            each.hear(data["seq"])

    async def come(self, person: Person) -> bool:
        async def enter() -> None:
            self.here.add(person)

        async def send(event: str, data: Mapping[str, Any]) -> None:
            await asyncio.sleep(0)
            person.hear(data["seq"])

        return await self.rooms.add(ROOM, str(id(person)), person.knows, enter, send)

    def go(self, person: Person) -> None:
        self.here.discard(person)
        self.rooms.remove(ROOM, str(id(person)))


class Talk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.kept = Kept()
        self.nodes = [Process(self.kept) for _ in range(NODES)]
        self.people = [Person() for _ in range(PEOPLE)]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @rule()
    def say(self) -> None:
        said = self.kept.say()
        for node in self.nodes:
            node.channel.append(said)

    @rule(number=some_node, which=st.integers(0, 20), doubled=st.booleans())
    def arrive(self, number: int, which: int, doubled: bool) -> None:
        node = self.nodes[number]
        if node.channel:
            at = which % len(node.channel)
            said = node.channel[at] if doubled else node.channel.pop(at)
            self.run(node.rooms.push(ROOM, said))

    @rule(number=some_node, first=st.booleans())
    def arrive_together(self, number: int, first: bool) -> None:
        """As tasks of one loop, the newest first or last."""
        node = self.nodes[number]
        said, node.channel = node.channel, []

        async def together() -> None:
            await asyncio.gather(*(node.rooms.push(ROOM, each) for each in (said if first else said[::-1])))

        self.run(together())

    @rule(number=some_node)
    def lose(self, number: int) -> None:
        self.nodes[number].channel.clear()

    @rule(who=some_person, number=some_node)
    def come(self, who: int, number: int) -> None:
        person = self.people[who]
        if person.node is not None:
            return
        with suppress(Unavailable):
            complete = self.run(self.nodes[number].come(person))
            person.node = number
            if not complete:  # `resync`: pages are read
                person.read_up_to = self.kept.last
                person.log = list(range(1, self.kept.last + 1))

    @rule(who=some_person)
    def go(self, who: int) -> None:
        person = self.people[who]
        if person.node is not None:
            self.nodes[person.node].go(person)
            person.node = None

    @rule(number=some_node)
    def look(self, number: int) -> None:
        self.run(self.nodes[number].rooms.look())

    @rule(away=st.booleans())
    def database(self, away: bool) -> None:
        self.kept.away = away

    @rule(number=some_node)
    def restart(self, number: int) -> None:
        for person in self.people:
            if person.node == number:
                person.node = None
        self.nodes[number] = Process(self.kept)

    @invariant()
    def nobody_misses_anything_and_nobody_hears_it_twice(self) -> None:
        for person in self.people:
            assert person.log == list(range(1, person.knows + 1))

    def teardown(self) -> None:
        self.kept.away = False
        for node in self.nodes:
            self.run(node.rooms.look())
        for person in self.people:
            if person.node is not None:
                assert person.knows == self.kept.last
        self.nobody_misses_anything_and_nobody_hears_it_twice()
        self.loop.close()


TestTalk = Talk.TestCase
TestTalk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
