"""Pictures of cards: made anew, counted, and gone when nobody needs them any more."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image
from tests.domains.learning.conftest import BASE_URL
from tests.platform.photos.samples import corners, encoded, exif, png_bomb
from tests.support.api import bare_app, client_of
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import AccessVerifier, Caller
from bunri.domains.auth.service.guests import Guests
from bunri.domains.learning.endpoints import media
from bunri.domains.learning.errors import DeckMediaFull, DeckMissing, PersonMediaFull, PictureMissing, TooManyCards
from bunri.domains.learning.records import Media, media_key
from bunri.domains.learning.schemas import BulkIn, CardChange, CardIn, DeckIn, MyCardOut
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.carrying import CardPictures
from bunri.domains.learning.service.decks import Decks
from bunri.domains.learning.service.media import BATCH, Pictures
from bunri.domains.learning.user_data import LearningUserData
from bunri.edge.http import objects
from bunri.edge.http.requests import RequestContext
from bunri.kit.ids import new_id
from bunri.platform.photos.errors import NotAPhoto, PhotoTooLarge, TooManyPixels

PHOTO = encoded(corners(2400, 1600), "JPEG", exif=exif(6, gps=True))


def small(number: int) -> bytes:
    """Each number another one, also when it was made anew."""
    out = BytesIO()
    Image.new("RGB", (64 + number, 48), (200, 90, 160)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def pictures(container: InlineContainer) -> Pictures:
    return container.get(Pictures)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was removed is purged without waiting for calls of the store that may still go on."""
    monkeypatch.setattr("bunri.domains.learning.service.media.WRITTEN_WITHIN", timedelta())


async def new_deck(decks: Decks, owner: Caller) -> UUID:
    return (await decks.make(owner, DeckIn(name="그림"))).id


async def show(cards: Cards, owner: Caller, deck: UUID, markdown: str) -> UUID:
    [card] = await cards.write(owner, CardIn(deck_id=deck, front=markdown, back="캔류"), BASE_URL)
    return card.id


async def is_there(container: InlineContainer, picture: UUID) -> bool:
    return await container.storage.stat(media_key(picture)) is not None


class TestAdding:
    async def test_a_photo_is_small_upright_and_says_nothing(
        self, container: InlineContainer, pictures: Pictures, decks: Decks, one: Caller
    ) -> None:
        made = await pictures.add(one, await new_deck(decks, one), PHOTO, BASE_URL)
        kept = Image.open(BytesIO(await container.storage.read(media_key(made.id), 2**22)))
        assert kept.format == "WEBP"
        assert max(kept.size) <= 1024
        assert kept.height > kept.width  # orientation 6: it stands upright
        assert not kept.getexif()

    async def test_the_same_twice_is_once(self, pictures: Pictures, decks: Decks, one: Caller) -> None:
        deck, other = await new_deck(decks, one), await new_deck(decks, one)
        first = await pictures.add(one, deck, small(1), BASE_URL)
        assert (await pictures.add(one, deck, small(1), BASE_URL)).id == first.id
        assert (await pictures.add(one, other, small(1), BASE_URL)).id != first.id

    async def test_a_card_shows_only_pictures_of_its_deck(
        self, pictures: Pictures, decks: Decks, cards: Cards, one: Caller
    ) -> None:
        deck, other = await new_deck(decks, one), await new_deck(decks, one)
        made = await pictures.add(one, deck, small(2), BASE_URL)
        await show(cards, one, deck, made.markdown)
        with pytest.raises(PictureMissing):
            await show(cards, one, other, made.markdown)

    async def test_only_who_may_write_adds(self, pictures: Pictures, decks: Decks, one: Caller, other: Caller) -> None:
        deck = await new_deck(decks, one)
        with pytest.raises(DeckMissing):
            await pictures.add(other, deck, small(3), BASE_URL)

    @pytest.mark.parametrize(
        ("sent", "error"),
        [
            (b"<script>alert(1)</script>", NotAPhoto),
            (png_bomb(60_000, 60_000), TooManyPixels),
            (b"\xff\xd8" + b"\0" * (10 * 2**20), PhotoTooLarge),
        ],
        ids=["page", "bomb", "large"],
    )
    async def test_what_is_no_picture_leaves_no_trace(
        self, container: InlineContainer, pictures: Pictures, decks: Decks, one: Caller, sent: bytes, error: type
    ) -> None:
        deck = await new_deck(decks, one)
        with pytest.raises(error):
            await pictures.add(one, deck, sent, BASE_URL)
        async with pictures._transaction() as repository:
            assert await repository.media_of_deck(deck) == []


class TestRoom:
    async def test_a_deck_and_a_person_have_so_much(
        self, container: InlineContainer, pictures: Pictures, decks: Decks, one: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deck = await new_deck(decks, one)
        await pictures.add(one, deck, small(4), BASE_URL)
        settings = container.settings.learning
        monkeypatch.setattr(pictures, "_settings", settings.model_copy(update={"deck_media_mb": 0}))
        with pytest.raises(DeckMediaFull):
            await pictures.add(one, deck, small(5), BASE_URL)
        monkeypatch.setattr(pictures, "_settings", settings.model_copy(update={"person_media_mb": 0}))
        with pytest.raises(PersonMediaFull):
            await pictures.add(one, await new_deck(decks, one), small(5), BASE_URL)


@pytest.mark.usefixtures("at_once")
class TestMovingCards:
    """Their pictures go with them to another deck."""

    @pytest.fixture
    def carrying(self, container: InlineContainer) -> CardPictures:
        return container.get(CardPictures)

    async def moved(self, cards: Cards, owner: Caller, card: UUID, deck: UUID) -> MyCardOut:
        assert await cards.change_many(owner, BulkIn(ids=[card], to_deck=deck)) == 1
        return await cards.get(owner, card, BASE_URL)

    async def test_a_picture_that_nothing_else_shows_goes_along(
        self, container: InlineContainer, pictures: Pictures, decks: Decks, cards: Cards, one: Caller, clock: Clockwork
    ) -> None:
        old, new = await new_deck(decks, one), await new_deck(decks, one)
        made = await pictures.add(one, old, small(40), BASE_URL)
        card = await show(cards, one, old, made.markdown)
        assert list((await self.moved(cards, one, card, new)).media) == [str(made.id)]
        await decks.remove(one, old)
        clock.move(days=2)
        await pictures.tidy()
        assert await is_there(container, made.id)
        await cards.change(one, card, CardChange(back="종이류"), BASE_URL)  # its deck has the picture
        await decks.remove(one, new)
        await pictures.tidy()
        assert not await is_there(container, made.id)

    async def test_one_that_another_card_shows_is_copied(
        self, container: InlineContainer, pictures: Pictures, decks: Decks, cards: Cards, one: Caller, clock: Clockwork
    ) -> None:
        old, new = await new_deck(decks, one), await new_deck(decks, one)
        made = await pictures.add(one, old, small(41), BASE_URL)
        goes, stays = [await show(cards, one, old, f"{made.markdown} {number}") for number in range(2)]
        there = await self.moved(cards, one, goes, new)
        [copy] = there.media
        assert copy != str(made.id)
        assert there.front == f"![](media:{copy}) 0"
        clock.move(days=2)
        await pictures.tidy()
        content = [await container.storage.read(media_key(UUID(each)), 2**20) for each in (copy, str(made.id))]
        assert content[0] == content[1]
        assert list((await cards.get(one, stays, BASE_URL)).media) == [str(made.id)]
        await decks.remove(one, old)
        await pictures.tidy()
        assert (await is_there(container, UUID(copy)), await is_there(container, made.id)) == (True, False)

    async def test_one_that_the_deck_has_already_is_that(
        self, pictures: Pictures, decks: Decks, cards: Cards, one: Caller
    ) -> None:
        old, new = await new_deck(decks, one), await new_deck(decks, one)
        here, there = [await pictures.add(one, deck, small(42), BASE_URL) for deck in (old, new)]
        card = await show(cards, one, old, here.markdown)
        assert (await self.moved(cards, one, card, new)).front == there.markdown

    async def test_there_and_back_doubles_nothing(
        self, pictures: Pictures, decks: Decks, cards: Cards, one: Caller
    ) -> None:
        old, new = await new_deck(decks, one), await new_deck(decks, one)
        made = await pictures.add(one, old, small(43), BASE_URL)
        goes, _ = [await show(cards, one, old, f"{made.markdown} {number}") for number in range(2)]
        for deck in (new, old, new):
            front = (await self.moved(cards, one, goes, deck)).front
        async with pictures._transaction() as repository:
            assert [len(await repository.media_of_deck(each)) for each in (old, new)] == [1, 1]
        assert front != f"{made.markdown} 0"

    @pytest.mark.parametrize("limit", ["deck_media_mb", "person_media_mb", "most_cards"])
    async def test_without_room_nothing_moves(
        self,
        pictures: Pictures,
        carrying: CardPictures,
        decks: Decks,
        cards: Cards,
        one: Caller,
        monkeypatch: pytest.MonkeyPatch,
        limit: str,
    ) -> None:
        old, new = await new_deck(decks, one), await new_deck(decks, one)
        made = await pictures.add(one, old, small(44), BASE_URL)
        goes, _ = [await show(cards, one, old, f"{made.markdown} {number}") for number in range(2)]
        full = carrying._settings.model_copy(update={limit: 0})
        for each in (carrying, cards):
            monkeypatch.setattr(each, "_settings", full)
        with pytest.raises((DeckMediaFull, PersonMediaFull, TooManyCards)):
            await self.moved(cards, one, goes, new)
        after = await cards.get(one, goes, BASE_URL)
        assert (after.deck_id, list(after.media)) == (old, [str(made.id)])

    async def test_one_whose_object_is_gone_does_not_stand_in_the_way(
        self, container: InlineContainer, pictures: Pictures, decks: Decks, cards: Cards, one: Caller
    ) -> None:
        old, new = await new_deck(decks, one), await new_deck(decks, one)
        made = await pictures.add(one, old, small(45), BASE_URL)
        goes, _ = [await show(cards, one, old, f"{made.markdown} {number}") for number in range(2)]
        await container.storage.delete(media_key(made.id))
        assert (await self.moved(cards, one, goes, new)).deck_id == new

    async def test_a_copy_that_no_card_came_to_show_goes(
        self,
        container: InlineContainer,
        pictures: Pictures,
        carrying: CardPictures,
        decks: Decks,
        cards: Cards,
        one: Caller,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The worker dies between the copy and the transaction that moves the card."""
        old, new = await new_deck(decks, one), await new_deck(decks, one)
        made = await pictures.add(one, old, small(46), BASE_URL)
        goes, _ = [await show(cards, one, old, f"{made.markdown} {number}") for number in range(2)]
        copied: list[UUID] = []
        copy = carrying.copy

        async def dies(shown: Sequence[Media], owner: str) -> dict[UUID, UUID]:
            copied.extend((await copy(shown, owner)).values())
            raise RuntimeError("killed")

        monkeypatch.setattr(carrying, "copy", dies)
        with pytest.raises(RuntimeError):
            await self.moved(cards, one, goes, new)
        assert [await is_there(container, each) for each in copied] == [True]
        await pictures.tidy()
        assert [await is_there(container, each) for each in copied] == [False]


@pytest.mark.usefixtures("at_once")
class TestRemoving:
    async def test_what_no_card_shows_goes_and_the_rest_stays(
        self,
        container: InlineContainer,
        pictures: Pictures,
        decks: Decks,
        cards: Cards,
        one: Caller,
        clock: Clockwork,
    ) -> None:
        deck = await new_deck(decks, one)
        shown, unused, removed = [(await pictures.add(one, deck, small(number), BASE_URL)) for number in (6, 7, 8)]
        await show(cards, one, deck, shown.markdown)
        gone = await show(cards, one, deck, removed.markdown)
        await cards.remove(one, gone)
        await pictures.tidy()
        assert await is_there(container, unused.id)  # it may be for a card that is being written
        clock.move(days=2)
        await pictures.tidy()
        there = [await is_there(container, each.id) for each in (shown, unused, removed)]
        assert there == [True, False, False]

    async def test_more_than_one_batch(
        self, pictures: Pictures, decks: Decks, one: Caller, clock: Clockwork, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bunri.domains.learning.service.media.BATCH", 2)
        assert BATCH > 2
        deck = await new_deck(decks, one)
        for number in range(5):
            await pictures.add(one, deck, small(20 + number), BASE_URL)
        clock.move(days=2)
        await pictures.tidy()
        async with pictures._transaction() as repository:
            assert await repository.media_of_deck(deck) == []

    async def test_a_removed_deck_leaves_no_object(
        self, container: InlineContainer, pictures: Pictures, decks: Decks, one: Caller
    ) -> None:
        deck = await new_deck(decks, one)
        made = await pictures.add(one, deck, small(9), BASE_URL)
        await decks.remove(one, deck)
        await pictures.tidy()
        assert not await is_there(container, made.id)

    async def test_a_store_that_is_away_is_tried_again(
        self,
        container: InlineContainer,
        pictures: Pictures,
        decks: Decks,
        one: Caller,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        deck = await new_deck(decks, one)
        made = await pictures.add(one, deck, small(10), BASE_URL)
        await decks.remove(one, deck)

        async def fails(_: str) -> None:
            raise OSError

        with monkeypatch.context() as patch:
            patch.setattr(container.storage, "delete", fails)
            with pytest.raises(OSError):
                await pictures.tidy()
        await pictures.tidy()
        assert not await is_there(container, made.id)

    async def test_a_card_that_begins_to_show_one_meanwhile_keeps_it(
        self, pictures: Pictures, decks: Decks, cards: Cards, one: Caller, clock: Clockwork
    ) -> None:
        deck = await new_deck(decks, one)
        for number in range(30, 36):
            made = await pictures.add(one, deck, small(number), BASE_URL)
            clock.move(days=2)
            written, _ = await asyncio.gather(
                show(cards, one, deck, made.markdown), pictures.tidy(), return_exceptions=True
            )
            async with pictures._transaction() as repository:
                there = await repository.media_by_id([made.id])
            # either the card came first and has its picture, or it was refused
            assert isinstance(written, PictureMissing) if not there else isinstance(written, UUID)

    async def test_erasing_a_person_erases_their_pictures(
        self, container: InlineContainer, pictures: Pictures, decks: Decks, one: Caller, data: LearningUserData
    ) -> None:
        made = await pictures.add(one, await new_deck(decks, one), small(11), BASE_URL)
        assert media_key(made.id) in (await data.export(one.id)).objects
        await data.erase(one.id)
        assert not await is_there(container, made.id)


@dataclass
class Client:
    http: httpx.AsyncClient
    token: str

    async def post(self, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.http.post(f"/api/v1/learning{path}", headers=headers, **more)


@pytest.fixture
async def client(container: InlineContainer) -> AsyncIterator[Client]:
    app = bare_app(media.router, objects.router)
    app.add_middleware(RequestContext)
    app.state.providers = container
    app.state.verifier = container.get(AccessVerifier)
    app.state.public_url = None
    app.state.storage = container.storage
    async with client_of(app) as http:
        yield Client(http, (await container.get(Guests).sign_in("하나")).access_token)


async def test_over_http(client: Client, container: InlineContainer, decks: Decks) -> None:
    me = container.get(AccessVerifier).verify(client.token)
    deck = await new_deck(decks, me)
    answer = await client.post(f"/decks/{deck}/media", content=PHOTO)
    assert answer.status_code == 201
    said = answer.json()
    assert said["markdown"] == f"![](media:{said['id']})"
    fetched = await client.http.get(said["url"])
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "image/webp")
    assert (await client.post(f"/decks/{deck}/media", content=b"%PDF-1.7")).status_code == 415
    assert (await client.post(f"/decks/{new_id()}/media", content=PHOTO)).status_code == 404
