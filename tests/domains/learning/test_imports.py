"""Cards brought along: once, whatever ends the worker; changed by the same file again; refused without a trace."""

import asyncio
import errno
import json
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image
from sqlalchemy import func, select
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL
from tests.support.anki_packages import BASIC, REVERSED, changed, deck, new_form, note, package, parts_of, zipped
from tests.support.api import bare_app, client_of
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import AccessVerifier, Caller
from bunri.domains.auth.service.guests import Guests
from bunri.domains.learning import models
from bunri.domains.learning.anki.report import LOST
from bunri.domains.learning.endpoints import imports as endpoints
from bunri.domains.learning.errors import (
    DeckMissing,
    ImportMismatch,
    ImportMissing,
    ImportNotUploaded,
    ImportTooLarge,
    TooManyImports,
)
from bunri.domains.learning.public import ImportAsked
from bunri.domains.learning.records import CardKind, media_key
from bunri.domains.learning.schedule import State
from bunri.domains.learning.schemas import CardChange, CardIn, DeckChange, DeckIn, MyCardOut, RatingName, ReviewIn
from bunri.domains.learning.service.bringing import Bringing
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.decks import Decks
from bunri.domains.learning.service.importing import Importing
from bunri.domains.learning.service.imports import MOST_ATTEMPTS, Imports
from bunri.domains.learning.service.media import Pictures
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.transfer_schemas import ImportIn, ImportOut
from bunri.domains.learning.transfers import ImportFormat, TransferState, import_key
from bunri.domains.learning.user_data import LearningUserData
from bunri.edge.http import objects
from bunri.edge.http.requests import RequestContext
from bunri.kit.errors import Full
from bunri.kit.ids import new_id
from bunri.kit.languages import text
from bunri.platform.storage import StorageUnavailable

Bring = Callable[..., Awaitable[ImportOut]]


_NUMBER = "(row_number() over (order by id))"


def png(colour: str, side: int = 64) -> bytes:
    out = BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "PNG")
    return out.getvalue()


def many(count: int, *, reviewed: bool = False) -> bytes:
    made = package(deck("Many", *(note(BASIC, f"front {number}", f"back {number}") for number in range(count))))
    if not reviewed:
        return made
    return changed(
        made,
        f"insert into revlog select 1700000000000 + {_NUMBER}, id, 0, 3, 1, 0, 2500, 4000, 1 from cards",
        f"insert into revlog select 1700300000000 + {_NUMBER}, id, 0, 3, 4, 1, 2500, 4000, 1 from cards",
    )


@pytest.fixture
def imports(container: InlineContainer) -> Imports:
    return container.get(Imports)


@pytest.fixture
def importing(container: InlineContainer) -> Importing:
    return container.get(Importing)


@pytest.fixture
def bring(container: InlineContainer, imports: Imports, importing: Importing) -> Bring:
    """Everything that happens to a file, in one call."""

    async def run(who: Caller, data: bytes, kind: str = "apkg", **said: Any) -> ImportOut:
        one = await sent(container, imports, who, data, kind, **said)
        await importing.work(ImportAsked(import_id=str(one)))
        return await imports.get(who, one, "en")

    return run


def left_behind() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("bunri-import-*"))


async def sent(
    container: InlineContainer, imports: Imports, who: Caller, data: bytes, kind: str = "apkg", **said: Any
) -> UUID:
    made, _ = await imports.announce(who, ImportIn(format=ImportFormat(kind), size=max(1, len(data)), **said), BASE_URL)
    await container.storage.write(import_key(made.id), data or b"\n", "application/octet-stream")
    await imports.complete(who, made.id, "en")
    return made.id


async def cards_in(cards: Cards, who: Caller, decks: Sequence[UUID]) -> list[MyCardOut]:
    found = []
    for each in decks:
        found += await cards.listed(who, BASE_URL, deck_id=each, limit=1000)
    return sorted(found, key=lambda card: card.id)


async def count(session_of: Sessions, table: type[models.Base], *where: Any) -> int:
    async with session_of("learning") as session:
        return (await session.execute(select(func.count()).select_from(table).where(*where))).scalar_one()


class TestPackages:
    @pytest.mark.parametrize("make", [lambda data: data, new_form], ids=["old", "new"])
    async def test_cards_pictures_and_decks(
        self,
        bring: Bring,
        cards: Cards,
        decks: Decks,
        one: Caller,
        container: InlineContainer,
        make: Callable[[bytes], bytes],
    ) -> None:
        data = package(
            deck("Fruit", note(BASIC, "사과", 'apple <img src="a.png">'), number=21),
            deck("Waste::Cans", note(REVERSED, "can", "캔"), number=22),
            media={"a.png": png("red", 1500)},
        )
        done = await bring(one, make(data))
        assert (done.state, done.progress, done.error, done.report) == (TransferState.DONE, 100, None, [])
        assert done.counts == {"added": 3, "pictures": 1, "left_out": 0, "reviews": 0}
        names = {each.name: each.cards for each in await decks.listed(one)}
        assert names == {"Fruit": 1, "Waste": 2}
        mine = await cards_in(cards, one, done.deck_ids)
        [picture] = mine[0].media
        assert mine[0].back == f"apple ![](media:{picture})"
        kept = Image.open(BytesIO(await container.storage.read(media_key(UUID(picture)), 2**20)))
        assert (kept.format, kept.size) == ("WEBP", (1024, 1024))
        assert [card.tags for card in mine[1:]] == [("Cans",), ("Cans",)]
        assert await container.storage.stat(import_key(done.id)) is None

    async def test_into_a_deck_that_is_there(
        self, bring: Bring, cards: Cards, decks: Decks, one: Caller, other: Caller
    ) -> None:
        target = await decks.make(one, DeckIn(name="Mine"))
        done = await bring(one, package(deck("Fruit", note(BASIC, "a", "b"))), deck_id=target.id)
        assert done.deck_ids == [target.id]
        assert [card.tags for card in await cards_in(cards, one, [target.id])] == [("Fruit",)]
        with pytest.raises(DeckMissing):
            await bring(other, many(1), deck_id=target.id)

    async def test_into_one_new_deck(self, bring: Bring, decks: Decks, one: Caller) -> None:
        data = package(deck("A", note(BASIC, "a", "b"), number=21), deck("B", note(BASIC, "c", "d"), number=22))
        done = await bring(one, data, deck_name="Together")
        assert [(each.name, each.cards) for each in await decks.listed(one)] == [("Together", 2)]
        assert len(done.deck_ids) == 1

    async def test_siblings_are_not_asked_on_one_day(self, bring: Bring, reviewing: Reviewing, one: Caller) -> None:
        await bring(one, package(deck("A", note(REVERSED, "a", "b"))))
        due = await reviewing.due(one, None, 50, BASE_URL)
        assert (len(due.cards), due.counts.new) == (1, 1)

    async def test_two_packages_with_different_pictures_of_one_name(
        self, bring: Bring, cards: Cards, one: Caller, container: InlineContainer
    ) -> None:
        shown = []
        for number, colour in ((31, "red"), (32, "blue")):
            notes = note(BASIC, f"which is {colour}?", '<img src="pic.png">')
            done = await bring(one, package(deck(colour, notes, number=number), media={"pic.png": png(colour)}))
            [card] = await cards_in(cards, one, done.deck_ids)
            [picture] = card.media
            kept = Image.open(BytesIO(await container.storage.read(media_key(UUID(picture)), 2**20)))
            red, _, blue = kept.convert("RGB").getpixel((32, 32))  # type: ignore[misc]
            shown.append("red" if red > blue else "blue")
        assert shown == ["red", "blue"]

    async def test_pictures_that_are_none_leave_their_cards(self, bring: Bring, cards: Cards, one: Caller) -> None:
        notes = [note(BASIC, "one", '<img src="a.png"> a'), note(BASIC, "two", '<img src="b.svg" alt="b"> b')]
        media = {"a.png": b"no picture", "b.svg": b"<svg onload='alert(1)'/>"}
        done = await bring(one, package(deck("A", *notes), media=media))
        assert {each.kind: each.count for each in done.report} == {"picture_broken": 2}
        assert done.report[0].text == "Pictures that could not be read: 2"
        assert [card.back for card in await cards_in(cards, one, done.deck_ids)] == ["(…) a", "b b"]


class TestAgain:
    async def test_the_same_note_is_changed_and_nothing_doubled(
        self, bring: Bring, cards: Cards, reviewing: Reviewing, one: Caller, session_of: Sessions
    ) -> None:
        first = await bring(one, package(deck("Default", note(BASIC, "hello", "world", guid="g1"))))
        [card] = await cards_in(cards, one, first.deck_ids)
        await reviewing.review(one, card.id, ReviewIn(id=new_id(), rating=RatingName.EASY), BASE_URL)
        before = await cards.get(one, card.id, BASE_URL)
        notes = [note(BASIC, "goodbye", "world", guid="g1"), note(BASIC, "new", "one", guid="g2")]
        second = await bring(one, package(deck("Default", *notes)))
        assert second.deck_ids == first.deck_ids
        assert second.counts["updated"] == second.counts["added"] == 1
        after = await cards.get(one, card.id, BASE_URL)
        assert (after.front, after.due_day, after.state) == ("goodbye", before.due_day, State.REVIEW)
        third = await bring(one, package(deck("Default", *notes)))
        assert (third.counts.get("unchanged"), third.counts.get("added", 0)) == (2, 0)
        assert await count(session_of, models.CardRow, models.CardRow.deck_id == first.deck_ids[0]) == 2

    async def test_real_ones(self, bring: Bring, cards: Cards, one: Caller, shared: Path) -> None:
        folder = shared / "data" / "decks"
        for name, front in (("update1", "hello"), ("update2", "goodbye")):
            done = await bring(one, (folder / f"{name}.apkg").read_bytes())
            assert [card.front for card in await cards_in(cards, one, done.deck_ids)] == [front]
        old = await bring(one, (folder / "legacy2.apkg").read_bytes())
        assert (old.counts["added"], old.counts["reviews"]) == (6, 7)
        new = await bring(one, (folder / "new-format.apkg").read_bytes())
        # later, from the same collection: the same notes, and the reviews since
        assert new.deck_ids == old.deck_ids
        assert (new.counts["unchanged"], new.counts["reviews"], new.counts.get("added")) == (6, 16, None)
        found = await cards_in(cards, one, new.deck_ids)
        assert [card.state for card in found] == [State.REVIEW] * 6

    async def test_a_deck_that_was_renamed_is_found(self, bring: Bring, decks: Decks, one: Caller) -> None:
        first = await bring(one, many(3))
        await decks.change(one, first.deck_ids[0], DeckChange(name="Otherwise"))
        assert (await bring(one, many(3))).deck_ids == first.deck_ids

    async def test_each_person_has_their_own(self, bring: Bring, cards: Cards, one: Caller, other: Caller) -> None:
        data = many(2, reviewed=True)
        mine, theirs = await bring(one, data), await bring(other, data)
        assert mine.deck_ids != theirs.deck_ids
        assert mine.counts == theirs.counts == {"added": 2, "reviews": 4, "left_out": 0}


class TestSchedules:
    async def test_follow_the_log(self, bring: Bring, cards: Cards, one: Caller, clock: Clockwork) -> None:
        done = await bring(one, many(1, reviewed=True))
        [card] = await cards_in(cards, one, done.deck_ids)
        assert card.state == State.REVIEW
        assert card.due_day
        assert card.due_day < clock().date()  # long ago: it is due, and was not lost

    async def test_second_time_adds_no_review(
        self, bring: Bring, cards: Cards, one: Caller, session_of: Sessions
    ) -> None:
        first = await bring(one, many(3, reviewed=True))
        before = await cards_in(cards, one, first.deck_ids)
        second = await bring(one, many(3, reviewed=True))
        assert (first.counts["reviews"], second.counts["reviews"]) == (6, 0)
        assert await cards_in(cards, one, second.deck_ids) == before
        assert await count(session_of, models.ReviewRow, models.ReviewRow.person == one.id) == 6

    async def test_own_last_review_can_still_be_taken_back(
        self, bring: Bring, cards: Cards, reviewing: Reviewing, one: Caller
    ) -> None:
        first = await bring(one, many(1))
        [card] = await cards_in(cards, one, first.deck_ids)
        said = ReviewIn(id=new_id(), rating=RatingName.GOOD)
        await reviewing.review(one, card.id, said, BASE_URL)
        await bring(one, many(2, reviewed=True))
        await reviewing.undo(one, said.id)

    async def test_without_a_log_the_memory_is_taken(
        self, bring: Bring, cards: Cards, reviewing: Reviewing, one: Caller, clock: Clockwork
    ) -> None:
        days = (clock().timestamp() - 1600000000) // 86400
        data = changed(
            many(2),
            "update col set crt = 1600000000",
            f'update cards set type = 2, queue = 2, ivl = 100, due = {days:.0f}, data = \'{{"s": 120, "d": 4}}\' '
            "where id = (select min(id) from cards)",
            f"update cards set type = 2, queue = -1, ivl = 100, due = {days + 30:.0f}, factor = 2300 "
            "where id = (select max(id) from cards)",
        )
        done = await bring(one, data)
        first, second = await cards_in(cards, one, done.deck_ids)
        assert (first.state, second.state, first.suspended, second.suspended) == (
            State.REVIEW,
            State.REVIEW,
            False,
            True,
        )
        due = await reviewing.due(one, None, 50, BASE_URL)
        [shown] = due.cards
        assert (shown.id, shown.stability, shown.difficulty) == (first.id, 120, 4)
        assert first.due_day
        assert second.due_day
        assert (second.due_day - first.due_day).days == 30
        await reviewing.review(one, first.id, ReviewIn(id=new_id(), rating=RatingName.GOOD), BASE_URL)
        after = await cards.get(one, first.id, BASE_URL)
        assert after.due_day
        assert (after.due_day - due.day).days > 100
        again = await bring(one, data)
        assert again.counts["reviews"] == 0
        assert (await cards.get(one, first.id, BASE_URL)).due_day == after.due_day


class TestOtherFiles:
    async def test_a_table(self, bring: Bring, cards: Cards, one: Caller) -> None:
        done = await bring(one, "앞면,뒷면\n종량제봉투,봉투\n=1+1,2\n".encode("cp949"), "csv", deck_name="표")
        assert {card.front for card in await cards_in(cards, one, done.deck_ids)} == {"종량제봉투", "=1+1"}
        again = await bring(one, "앞면,뒷면\n종량제봉투,다른 답\n".encode(), "csv", deck_id=done.deck_ids[0])
        assert again.counts["updated"] == 1

    async def test_pictures_that_a_table_makes_up(self, bring: Bring, cards: Cards, one: Caller) -> None:
        done = await bring(one, f"![x](media:{new_id()}),back\n![y](media:#0),back\n".encode(), "csv")
        assert all(card.media == {} for card in await cards_in(cards, one, done.deck_ids))

    async def test_our_own(self, bring: Bring, cards: Cards, one: Caller) -> None:
        card = {"key": "k", "note": "n", "kind": "choice", "front": "?", "back": "b", "choices": ["a", "b"]}
        data = json.dumps({"format": "bunri-deck", "version": 1, "deck": {"name": "D"}, "cards": [card]}).encode()
        done = await bring(one, data, "json")
        [found] = await cards_in(cards, one, done.deck_ids)
        assert (found.kind, found.choices) == (CardKind.CHOICE, ("a", "b"))


class TestRefused:
    @pytest.mark.parametrize(
        ("data", "kind", "error"),
        [
            (b"", "apkg", "import_not_a_package"),
            (b"<html>", "apkg", "import_not_a_package"),
            (zipped({**parts_of(many(1)), "../x": b""}), "apkg", "import_unsafe"),
            (b"{}", "json", "import_not_a_deck_file"),
            (b"%PDF", "csv", "import_not_a_table"),
        ],
    )
    async def test_leaves_no_trace_but_a_sentence(
        self,
        bring: Bring,
        decks: Decks,
        one: Caller,
        container: InlineContainer,
        data: bytes,
        kind: str,
        error: str,
    ) -> None:
        before = left_behind()
        failed = await bring(one, data, kind)
        assert (failed.state, failed.error) == (TransferState.FAILED, error)
        assert failed.message
        assert await decks.listed(one) == []
        assert await container.storage.stat(import_key(failed.id)) is None
        assert left_behind() == before

    async def test_a_full_deck_takes_what_has_room(
        self, bring: Bring, importing: Importing, cards: Cards, one: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = importing._settings.model_copy(update={"most_cards": 4})
        monkeypatch.setattr(importing, "_settings", settings)
        done = await bring(one, many(6))
        assert (done.counts["added"], done.counts["left_out"]) == (4, 2)
        assert [(each.kind, each.count) for each in done.report] == [("deck_full", 2)]

    async def test_bounds_of_announcing(
        self, imports: Imports, container: InlineContainer, one: Caller, other: Caller
    ) -> None:
        with pytest.raises(ImportTooLarge):
            await imports.announce(one, ImportIn(format=ImportFormat.APKG, size=2**31), BASE_URL)
        made = [(await imports.announce(one, ImportIn(format=ImportFormat.CSV, size=3), BASE_URL))[0] for _ in range(3)]
        with pytest.raises(TooManyImports):
            await imports.announce(one, ImportIn(format=ImportFormat.CSV, size=3), BASE_URL)
        with pytest.raises(ImportNotUploaded):
            await imports.complete(one, made[0].id, "ko")
        await container.storage.write(import_key(made[0].id), b"a,b,c", "text/csv")
        with pytest.raises(ImportMismatch):
            await imports.complete(one, made[0].id, "ko")
        with pytest.raises(ImportMissing):
            await imports.get(other, made[0].id, "ko")


class TestGivingUp:
    async def test_one_that_is_given_up_makes_room_at_once(
        self, imports: Imports, container: InlineContainer, one: Caller, other: Caller
    ) -> None:
        said = ImportIn(format=ImportFormat.CSV, size=3)
        announced, _ = await imports.announce(one, said, BASE_URL)
        waiting = await sent(container, imports, one, b"a,b", "csv")
        await imports.announce(one, said, BASE_URL)
        with pytest.raises(TooManyImports):
            await imports.announce(one, said, BASE_URL)
        with pytest.raises(ImportMissing):
            await imports.remove(other, announced.id)
        for gone in (announced.id, waiting):
            await imports.remove(one, gone)
            assert await container.storage.stat(import_key(gone)) is None
            with pytest.raises(ImportMissing):
                await imports.complete(one, gone, "en")
            await imports.announce(one, said, BASE_URL)
        with pytest.raises(TooManyImports):
            await imports.announce(one, said, BASE_URL)

    async def test_nothing_can_be_sent_for_it_any_more(self, http: httpx.AsyncClient) -> None:
        ticket = (await http.post("/api/v1/learning/imports", json={"format": "csv", "size": 3})).json()
        path = f"/api/v1/learning/imports/{ticket['import_id']}"
        assert (await http.delete(path)).status_code == 204
        put = await http.put(ticket["upload_url"], content=b"a,b", headers=ticket["upload_headers"])
        assert put.status_code >= 400
        assert (await http.delete(path)).status_code == 404
        assert (await http.get("/api/v1/learning/imports")).json() == []

    async def test_its_worker_stops_and_what_is_there_stays(
        self,
        container: InlineContainer,
        imports: Imports,
        importing: Importing,
        decks: Decks,
        cards: Cards,
        one: Caller,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("bunri.domains.learning.service.importing.BATCH", 2)
        import_id = await sent(container, imports, one, many(6))
        real = Bringing.take

        async def given_up(self: Bringing, *more: Any) -> None:
            await real(self, *more)
            if (await imports.listed(one, "en"))[0].counts["added"] == 4:
                await imports.remove(one, import_id)

        monkeypatch.setattr(Bringing, "take", given_up)
        await importing.work(ImportAsked(import_id=str(import_id)))
        [brought] = await decks.listed(one)
        assert brought.cards == 4
        assert await imports.listed(one, "en") == []


@pytest.mark.parametrize("kind", LOST)
def test_what_was_left_out_is_told_of_one_as_of_many(kind: str) -> None:
    """English has the number where no word depends on it, and Korean has no plural that would."""
    assert text(f"learning.left_out.{kind}", "en", count=1).endswith(": 1")
    assert re.search(r"(?<!\d)1(장|줄)", text(f"learning.left_out.{kind}", "ko", count=1))


class Died(BaseException):
    """As a process that is killed: nothing is caught, nothing is tidied up."""


class TestWhateverHappens:
    @pytest.fixture(autouse=True)
    def small_steps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("bunri.domains.learning.service.importing.BATCH", 3)

    async def test_a_worker_that_dies_is_followed_by_another(
        self,
        container: InlineContainer,
        imports: Imports,
        importing: Importing,
        cards: Cards,
        one: Caller,
        clock: Clockwork,
        session_of: Sessions,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        data = package(
            deck("A", *(note(BASIC, f"front {number}", '<img src="p.png">') for number in range(8))),
            media={"p.png": png("green")},
        )
        import_id = await sent(container, imports, one, data)
        asked = ImportAsked(import_id=str(import_id))
        real, calls = Bringing.take, 0

        async def dies(self: Bringing, *more: Any) -> None:
            nonlocal calls
            calls += 1
            if calls == 2:
                raise Died
            await real(self, *more)

        with monkeypatch.context() as patch:
            patch.setattr(Bringing, "take", dies)
            with pytest.raises(Died):
                await importing.work(asked)
        await importing.work(asked)  # the message comes again at once: its lease is still held
        shown = await imports.get(one, import_id, "en")
        assert (shown.state, shown.counts["added"]) == (TransferState.WORKING, 3)
        clock.move(minutes=5)
        await imports.look_after()
        await importing.work(asked)
        done = await imports.get(one, import_id, "en")
        assert (done.state, done.counts) == (
            TransferState.DONE,
            {"added": 8, "pictures": done.counts["pictures"], "reviews": 0, "left_out": 0},
        )
        assert len(await cards_in(cards, one, done.deck_ids)) == 8
        assert await count(session_of, models.MediaRow, models.MediaRow.deck_id == done.deck_ids[0]) == 1

    async def test_a_doubled_message_does_it_once(
        self,
        container: InlineContainer,
        imports: Imports,
        importing: Importing,
        one: Caller,
        cards: Cards,
    ) -> None:
        import_id = await sent(container, imports, one, many(10, reviewed=True))
        asked = ImportAsked(import_id=str(import_id))
        await asyncio.gather(*(importing.work(asked) for _ in range(3)))
        await importing.work(asked)
        done = await imports.get(one, import_id, "en")
        assert done.counts == {"added": 10, "reviews": 20, "left_out": 0}
        assert len(await cards_in(cards, one, done.deck_ids)) == 10

    async def test_two_files_at_once_double_nothing(
        self, container: InlineContainer, imports: Imports, importing: Importing, one: Caller, decks: Decks
    ) -> None:
        ids = [await sent(container, imports, one, many(10)) for _ in range(2)]
        await asyncio.gather(*(importing.work(ImportAsked(import_id=str(each))) for each in ids))
        assert [(each.name, each.cards) for each in await decks.listed(one)] == [("Many", 10)]

    @pytest.mark.parametrize(
        ("failure", "raised"),
        [(StorageUnavailable(reason="away"), StorageUnavailable), (OSError(errno.ENOSPC, "full"), Full)],
        ids=["store", "disk"],
    )
    async def test_what_is_away_or_full_is_waited_for(
        self,
        container: InlineContainer,
        imports: Imports,
        importing: Importing,
        one: Caller,
        monkeypatch: pytest.MonkeyPatch,
        failure: Exception,
        raised: type[Exception],
    ) -> None:
        import_id = await sent(container, imports, one, many(2))
        asked = ImportAsked(import_id=str(import_id))

        async def fails(*_: Any) -> bytes:
            raise failure

        with monkeypatch.context() as patch:
            patch.setattr(container.storage, "read_part", fails)
            with pytest.raises(raised):
                await importing.work(asked)
        assert (await imports.get(one, import_id, "en")).state == TransferState.WAITING
        await importing.work(asked)
        assert (await imports.get(one, import_id, "en")).counts["added"] == 2

    async def test_one_that_ends_every_worker_is_given_up(
        self, container: InlineContainer, imports: Imports, one: Caller, clock: Clockwork
    ) -> None:
        import_id = await sent(container, imports, one, many(1))
        async with imports._transaction() as repository:
            await repository.set_import(import_id, attempt=MOST_ATTEMPTS, state=TransferState.WORKING)
        clock.move(minutes=10)
        await imports.look_after()
        failed = await imports.get(one, import_id, "en")
        assert (failed.state, failed.error) == (TransferState.FAILED, "import_failed")
        assert failed.message == "This did not work. Please try again later."

    async def test_a_deck_that_is_removed_meanwhile_ends_it(
        self, container: InlineContainer, imports: Imports, importing: Importing, decks: Decks, one: Caller
    ) -> None:
        target = await decks.make(one, DeckIn(name="Soon gone"))
        import_id = await sent(container, imports, one, many(5), deck_id=target.id)
        await decks.remove(one, target.id)
        await importing.work(ImportAsked(import_id=str(import_id)))
        assert (await imports.get(one, import_id, "en")).error == "deck_missing"

    async def test_what_never_came_and_what_is_old_is_forgotten(
        self,
        container: InlineContainer,
        imports: Imports,
        bring: Bring,
        one: Caller,
        clock: Clockwork,
        session_of: Sessions,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("bunri.domains.learning.service.media.WRITTEN_WITHIN", timedelta())
        made, _ = await imports.announce(one, ImportIn(format=ImportFormat.CSV, size=3), BASE_URL)
        await container.storage.write(import_key(made.id), b"a,b", "text/csv")
        done = await bring(one, many(1))
        clock.move(hours=3)
        await imports.look_after()
        await container.get(Pictures).tidy()
        assert [each.id for each in await imports.listed(one, "en")] == [done.id]
        assert await container.storage.stat(import_key(made.id)) is None
        clock.move(days=31)
        await imports.look_after()
        assert await imports.listed(one, "en") == []


class TestPersonalData:
    async def test_exported_handed_over_and_erased(
        self,
        container: InlineContainer,
        imports: Imports,
        bring: Bring,
        one: Caller,
        other: Caller,
        data: LearningUserData,
    ) -> None:
        done = await bring(one, many(2, reviewed=True))
        waiting = await sent(container, imports, one, many(1))
        document = (await data.export(one.id)).document
        assert {each["import_id"] for each in document["imports"]} == {str(done.id), str(waiting)}
        await data.upgrade(one.id, other.id)
        assert {each.id for each in await imports.listed(other, "en")} == {done.id, waiting}
        assert (await bring(other, many(2, reviewed=True))).counts["reviews"] in (0, 4)
        await data.erase(other.id)
        assert await imports.listed(other, "en") == []
        assert await container.storage.stat(import_key(waiting)) is None

    async def test_an_import_of_an_erased_person_stops(
        self,
        container: InlineContainer,
        imports: Imports,
        importing: Importing,
        decks: Decks,
        one: Caller,
        data: LearningUserData,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        import_id = await sent(container, imports, one, many(5))
        real = Bringing.take

        async def erased(self: Bringing, *more: Any) -> None:
            await data.erase(one.id)
            await real(self, *more)

        monkeypatch.setattr(Bringing, "take", erased)
        await importing.work(ImportAsked(import_id=str(import_id)))
        assert await decks.listed(one) == []


@pytest.fixture
async def http(container: InlineContainer) -> AsyncIterator[httpx.AsyncClient]:
    app = bare_app(endpoints.router, objects.router)
    app.add_middleware(RequestContext)
    app.state.providers = container
    app.state.verifier = container.get(AccessVerifier)
    app.state.public_url = None
    app.state.storage = container.storage
    async with client_of(app) as client:
        tokens = await container.get(Guests).sign_in("하나")
        client.headers["Authorization"] = f"Bearer {tokens.access_token}"
        yield client


async def test_over_http_and_the_queue(http: httpx.AsyncClient, container: InlineContainer) -> None:
    data = many(2)
    answer = await http.post("/api/v1/learning/imports", json={"format": "apkg", "size": len(data)})
    assert answer.status_code == 201
    ticket = answer.json()
    put = await http.put(ticket["upload_url"], content=data, headers=ticket["upload_headers"])
    assert put.status_code in (200, 201, 204)
    begun = await http.post(f"/api/v1/learning/imports/{ticket['import_id']}/complete")
    assert (begun.status_code, begun.json()["state"]) == (202, "waiting")
    container.load_handlers()
    await container.work()
    done = (await http.get(f"/api/v1/learning/imports/{ticket['import_id']}")).json()
    assert (done["state"], done["counts"]["added"]) == ("done", 2)
    assert [each["id"] for each in (await http.get("/api/v1/learning/imports")).json()] == [done["id"]]
    wrong = await http.post("/api/v1/learning/imports", json={"format": "exe", "size": 1})
    assert wrong.status_code == 422


async def test_cards_of_a_shared_deck_are_begun_for_all(
    bring: Bring, decks: Decks, cards: Cards, reviewing: Reviewing, one: Caller, other: Caller
) -> None:
    deck_ = await decks.make(one, DeckIn(name="Ours"))
    await decks.join(other, (await decks.share(one, deck_.id)).token, None)
    await bring(one, many(2, reviewed=True), deck_id=deck_.id)
    due = await reviewing.due(other, None, 50, BASE_URL)
    assert (due.counts.new, due.counts.review) == (2, 0)  # the log is of who brought it
    written = await cards.write(one, CardIn(deck_id=deck_.id, front="x", back="y"), BASE_URL)
    await cards.change(one, written[0].id, CardChange(back="z"), BASE_URL)
