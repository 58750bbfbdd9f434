"""Learning beside the real auth and users, on a real PostgreSQL, with a clock of its own."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from tests.domains.learning.reminded import profile
from tests.domains.waste.conftest import FakeVision, Pipeline
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.domains.auth.models import Person
from bunri.domains.auth.public import Caller
from bunri.domains.learning.schemas import CardIn, DeckIn, RatingName, ReviewIn
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.decks import Decks
from bunri.domains.learning.service.reminders import Reminders
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.service.rule_following import RuleFollowing
from bunri.domains.learning.service.starter import Starter
from bunri.domains.learning.user_data import LearningUserData
from bunri.domains.recycling.files import shipped_document
from bunri.domains.recycling.repository import RecyclingRepository
from bunri.domains.recycling.rows import Document
from bunri.domains.recycling.service import RecyclingService
from bunri.domains.recycling.table import build
from bunri.domains.users.public import MailKind
from bunri.kit.ids import new_id
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject

Subscriber = Callable[..., Awaitable[Caller]]
NewRules = Callable[..., Awaitable[str]]
NewCards = Callable[..., Awaitable[list[UUID]]]

BASE_URL = "http://127.0.0.1"


def pipeline_of(container: InlineContainer, owner: Caller) -> Pipeline:
    """Analyses of photos of ``owner``: a thing that is metal, or glass, or paper."""
    seen = {Material.METAL: 0.5, Material.GLASS: 0.25, Material.PAPER: 0.1}
    thing = DetectedObject("qqzzxx", 0.9, (0.1, 0.1, 0.9, 0.9), seen)
    made = Pipeline(container, FakeVision({"detector": f"own@{new_id()}"}, (thing,)), owner=owner.id)
    clock = container.clock
    made.build()
    container.clock = clock
    return made


@pytest.fixture
def decks(container: InlineContainer) -> Decks:
    return container.get(Decks)


@pytest.fixture
def cards(container: InlineContainer) -> Cards:
    return container.get(Cards)


@pytest.fixture
def reviewing(container: InlineContainer) -> Reviewing:
    return container.get(Reviewing)


@pytest.fixture
def starter(container: InlineContainer) -> Starter:
    return container.get(Starter)


@pytest.fixture
def following(container: InlineContainer) -> RuleFollowing:
    return container.get(RuleFollowing)


@pytest.fixture
async def rules(container: InlineContainer) -> AsyncIterator[NewRules]:
    """Puts another rule table into force; the one of this release is there before, and back afterwards."""
    transaction = container.transactions("recycling", RecyclingRepository)

    async def load(change: Callable[[Document], None] | None = None) -> str:
        document = copy.deepcopy(shipped_document())
        if change:
            change(document)
        table = build(document)
        async with transaction() as repository:
            await repository.load(table)
        container.get(RecyclingService)._checked_at = 0.0  # it looks for another table once a second
        return table.version

    for step in range(2):
        await load()
        await container.get(RuleFollowing).follow()
        if step == 0:
            yield load


@pytest.fixture
def data(container: InlineContainer) -> LearningUserData:
    return container.get(LearningUserData)


@pytest.fixture
def new_cards(decks: Decks, cards: Cards) -> NewCards:
    """Ids of ``count`` cards that are turned, in a new deck of ``owner``."""

    async def make(owner: Caller, count: int = 1) -> list[UUID]:
        deck = await decks.make(owner, DeckIn(name="분리배출"))
        found = []
        for number in range(count):
            said = CardIn(deck_id=deck.id, front=f"{number}번은 어디에?", back="플라스틱류")
            found += [card.id for card in await cards.write(owner, said, BASE_URL)]
        return found

    return make


@pytest.fixture
def reminders(container: InlineContainer) -> Reminders:
    return container.get(Reminders)


@pytest.fixture
def subscriber(
    container: InlineContainer, new_caller: NewCaller, new_cards: NewCards, reviewing: Reviewing, clock: Clockwork
) -> Subscriber:
    """Somebody with an address, who is reminded at nine of cards; one was due yesterday."""

    async def make(*, email: bool = True, due: bool = True, **said: Any) -> Caller:
        who = await new_caller()
        if email:
            address = f"{who.id}@example.org"
            async with container.database.transaction("auth") as session:
                change = update(Person).where(Person.id == UUID(who.id.removeprefix("guest_")))
                await session.execute(change.values(email=address, email_key=address))
        if due:
            [card] = await new_cards(who)
            await reviewing.review(
                who,
                card,
                ReviewIn(id=new_id(), rating=RatingName.EASY, reviewed_at=clock() - timedelta(days=50)),
                BASE_URL,
            )
        await profile(container, who, **{"reminder_hour": 9, "mails": [MailKind.REVIEWS], **said})
        return who

    return make
