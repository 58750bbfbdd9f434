"""Decks taken away as files: what is brought back from them is the same deck."""

import asyncio
import csv
import io
import json
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image
from tests.domains.learning.conftest import BASE_URL
from tests.support.anki_packages import BASIC, CLOZE, deck, note, package, parts_of
from tests.support.api import bare_app, client_of
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import AccessVerifier, Caller
from bunri.domains.auth.service.guests import Guests
from bunri.domains.learning.anki.tables import COLUMNS
from bunri.domains.learning.endpoints import exports as endpoints
from bunri.domains.learning.errors import DeckExportMissing, DeckMissing, TooManyDeckExports
from bunri.domains.learning.public import DeckExportAsked, ImportAsked
from bunri.domains.learning.records import CardKind
from bunri.domains.learning.schemas import BatchIn, BatchReview, BulkIn, CardIn, DeckIn, MyCardOut, RatingName
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.deck_exporting import DeckExporting
from bunri.domains.learning.service.deck_exports import DeckExports
from bunri.domains.learning.service.decks import Decks
from bunri.domains.learning.service.importing import Importing
from bunri.domains.learning.service.imports import Imports
from bunri.domains.learning.service.media import Pictures
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.transfer_schemas import DeckExportIn, DeckExportOut, ImportIn, ImportOut
from bunri.domains.learning.transfers import DECK_EXPORTS, ExportFormat, ImportFormat, TransferState, import_key
from bunri.domains.learning.user_data import LearningUserData
from bunri.edge.http import objects
from bunri.edge.http.requests import RequestContext
from bunri.kit.ids import new_id
from bunri.platform.storage import StorageUnavailable

Take = Callable[..., Awaitable[bytes]]
Bring = Callable[..., Awaitable[ImportOut]]


@pytest.fixture
def exports(container: InlineContainer) -> DeckExports:
    return container.get(DeckExports)


@pytest.fixture
def exporting(container: InlineContainer) -> DeckExporting:
    return container.get(DeckExporting)


def key_of(export: DeckExportOut) -> str:
    return f"{DECK_EXPORTS}{export.id}.{export.format}"


@pytest.fixture
def take(container: InlineContainer, exports: DeckExports, exporting: DeckExporting) -> Take:
    """The file of a deck."""

    async def run(who: Caller, deck_id: UUID, kind: str) -> bytes:
        asked = await exports.ask(who, DeckExportIn(deck_id=deck_id, format=ExportFormat(kind)), BASE_URL, "en")
        assert (asked.state, asked.download_url) == (TransferState.WAITING, None)
        await exporting.work(DeckExportAsked(export_id=str(asked.id)))
        done = await exports.get(who, asked.id, BASE_URL, "en")
        assert (done.state, done.progress, done.error) == (TransferState.DONE, 100, None)
        data = await container.storage.read(key_of(done), 2**26)
        assert done.size == len(data)
        return data

    return run


@pytest.fixture
def bring(container: InlineContainer) -> Bring:
    async def run(who: Caller, data: bytes, kind: str, **said: Any) -> ImportOut:
        imports = container.get(Imports)
        made, _ = await imports.announce(who, ImportIn(format=ImportFormat(kind), size=len(data), **said), BASE_URL)
        await container.storage.write(import_key(made.id), data, "application/octet-stream")
        await imports.complete(who, made.id, "en")
        await container.get(Importing).work(ImportAsked(import_id=str(made.id)))
        return await imports.get(who, made.id, "en")

    return run


@pytest.fixture
async def full(
    container: InlineContainer, decks: Decks, cards: Cards, reviewing: Reviewing, one: Caller, clock: Clockwork
) -> UUID:
    """A deck with a card of each kind, a picture, and some reviews."""
    made = (await decks.make(one, DeckIn(name="모두 :: 함께", description="d"))).id
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(out, "PNG")
    picture = await container.get(Pictures).add(one, made, out.getvalue(), BASE_URL)
    said = [
        CardIn(deck_id=made, front=f"**무엇** {picture.markdown}\n둘째 줄", back="- 하나\n- 둘", tags=["t1", "t2"]),
        CardIn(deck_id=made, front="캔", back="can", both_ways=True),
        CardIn(
            deck_id=made, kind=CardKind.TYPED, front="수도는?", back="서울 <시> * 1", accepted=["한양", "경성; 서울"]
        ),
        CardIn(deck_id=made, kind=CardKind.CHOICE, front="어디?", back="종이", choices=["종이", "캔; 병", "플라스틱"]),
        CardIn(deck_id=made, kind=CardKind.TITLE, front="유리", back="투명하고 깨진다"),
        CardIn(deck_id=made, kind=CardKind.RECALL, front="=1+1은?", back="-2, @3"),
    ]
    written = [card for each in said for card in await cards.write(one, each, BASE_URL)]
    await cards.change_many(one, BulkIn(ids=[written[-1].id], suspended=True))
    for step, rating in (
        (0, RatingName.GOOD),
        (11, RatingName.GOOD),
        (4000, RatingName.AGAIN),
        (4011, RatingName.EASY),
    ):
        at = clock() + timedelta(minutes=step)
        batch = [BatchReview(card_id=card.id, id=new_id(), rating=rating, seconds=2.5) for card in written[:4]]
        clock.now = at
        await reviewing.batch(one, BatchIn(reviews=batch))
    clock.move(days=1)
    return made


async def said_by(cards: Cards, who: Caller, deck_id: UUID) -> list[tuple[Any, ...]]:
    """What the cards of a deck say and what is remembered of them, without ids."""
    found: list[MyCardOut] = await cards.listed(who, BASE_URL, deck_id=deck_id, limit=1000)

    def said(card: MyCardOut) -> tuple[Any, ...]:
        sides = [card.front, card.back]
        for place, picture in enumerate(card.media):
            sides = [side.replace(picture, f"picture {place}") for side in sides]
        rest = (card.kind, card.choices, card.accepted, card.tags, card.state, card.due_at, card.suspended, card.lapses)
        return (*sides, *rest)

    return sorted(map(said, found), key=repr)


@pytest.mark.parametrize("kind", ["apkg", "json"])
class TestThereAndBack:
    async def test_is_the_same_deck(
        self, take: Take, bring: Bring, cards: Cards, one: Caller, other: Caller, full: UUID, kind: str
    ) -> None:
        done = await bring(other, await take(one, full, kind), kind)
        assert (done.state, done.report) == (TransferState.DONE, [])
        assert (done.counts["added"], done.counts["pictures"], done.counts["reviews"]) == (7, 1, 16)
        assert await said_by(cards, other, done.deck_ids[0]) == await said_by(cards, one, full)

    async def test_brought_back_changes_nothing(
        self, take: Take, bring: Bring, cards: Cards, one: Caller, full: UUID, kind: str
    ) -> None:
        before = await cards.listed(one, BASE_URL, deck_id=full, limit=100)
        done = await bring(one, await take(one, full, kind), kind, deck_id=full)
        assert (done.counts.get("unchanged"), done.counts.get("added"), done.counts["reviews"]) == (7, None, 0)
        after = await cards.listed(one, BASE_URL, deck_id=full, limit=100)
        assert [card.model_dump(exclude={"media"}) for card in after] == [
            card.model_dump(exclude={"media"}) for card in before
        ]

    async def test_cards_of_anki_keep_their_notes(self, take: Take, bring: Bring, one: Caller, kind: str) -> None:
        text = "{{c1::Paper}} and {{c2::glass}}"
        made = package(deck("Anki", note(BASIC, "a", "b", guid="g-basic"), note(CLOZE, text, "", guid="g-cloze")))
        first = await bring(one, made, "apkg")
        again = await bring(one, await take(one, first.deck_ids[0], kind), kind, deck_id=first.deck_ids[0])
        assert (again.counts.get("added"), again.counts.get("unchanged")) == (None, 3)


class TestPackages:
    async def test_has_the_tables_that_anki_has(self, take: Take, one: Caller, full: UUID, tmp_path: Path) -> None:
        ours, theirs = [
            _tables(parts_of(data)["collection.anki2"], tmp_path / name)
            for name, data in (
                ("ours", await take(one, full, "apkg")),
                ("theirs", package(deck("A", note(BASIC, "a", "b")))),
            )
        ]
        assert ours == theirs

    async def test_says_when_cards_come_back(self, take: Take, one: Caller, full: UUID, tmp_path: Path) -> None:
        parts = parts_of(await take(one, full, "apkg"))
        path = tmp_path / "collection"
        path.write_bytes(parts["collection.anki2"])
        database = sqlite3.connect(path)
        rows = database.execute("select type, queue, ivl, reps, lapses, data from cards order by id").fetchall()
        log = database.execute("select ease, time, type from revlog order by cid, id").fetchall()
        database.close()
        assert [row[:2] for row in rows] == [(2, 2)] * 4 + [(0, 0)] * 2 + [(0, -1)]
        assert all(row[3] == 4 and json.loads(row[5])["s"] > 0 for row in rows[:4])
        assert log[:4] == [(3, 2500, 0), (3, 2500, 1), (1, 2500, 1), (4, 2500, 1)]
        assert json.loads(parts["media"]).keys() == {"0"}
        assert Image.open(io.BytesIO(parts["0"])).size == (80, 60)

    async def test_pages_do_not_part_siblings(
        self, take: Take, one: Caller, full: UUID, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr("bunri.domains.learning.service.deck_exporting.BATCH", 2)
        path = tmp_path / "collection"
        path.write_bytes(parts_of(await take(one, full, "apkg"))["collection.anki2"])
        database = sqlite3.connect(path)
        assert database.execute("select count(*), count(distinct nid) from cards").fetchone() == (7, 6)
        database.close()


def _tables(collection: bytes, path: Path) -> dict[str, list[tuple[str, str]]]:
    path.write_bytes(collection)
    database = sqlite3.connect(path)
    names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
    found = {
        name: [(row[1], row[2].lower()) for row in database.execute(f"pragma table_info({name})")]
        for name in sorted(names)
        if not name.startswith("sqlite_")
    }
    database.close()
    return found


class TestTables:
    async def test_no_cell_is_a_formula(self, take: Take, bring: Bring, one: Caller, full: UUID) -> None:
        data = await take(one, full, "csv")
        assert data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        assert tuple(rows[0]) == COLUMNS
        assert len(rows) == 8
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert any(cell == "'=1+1은?" for row in rows for cell in row)
        done = await bring(one, data, "csv", deck_id=full)
        assert (done.counts.get("unchanged"), done.counts.get("added")) == (7, None)


class TestJobs:
    async def test_only_who_learns_it(self, exports: DeckExports, one: Caller, other: Caller, full: UUID) -> None:
        said = DeckExportIn(deck_id=full, format=ExportFormat.CSV)
        with pytest.raises(DeckMissing):
            await exports.ask(other, said, BASE_URL, "en")
        mine = [await exports.ask(one, said, BASE_URL, "en") for _ in range(3)]
        with pytest.raises(DeckExportMissing):
            await exports.get(other, mine[0].id, BASE_URL, "en")
        with pytest.raises(TooManyDeckExports):
            await exports.ask(one, said, BASE_URL, "en")

    async def test_whatever_happens(
        self,
        container: InlineContainer,
        exports: DeckExports,
        exporting: DeckExporting,
        one: Caller,
        full: UUID,
        clock: Clockwork,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        asked = await exports.ask(one, DeckExportIn(deck_id=full, format=ExportFormat.APKG), BASE_URL, "en")
        event = DeckExportAsked(export_id=str(asked.id))

        async def fails(*_: Any) -> None:
            raise StorageUnavailable(reason="away")

        with monkeypatch.context() as patch:
            patch.setattr(container.storage, "write_file", fails)
            with pytest.raises(StorageUnavailable):
                await exporting.work(event)

        class Died(BaseException):
            pass

        async def dies(*_: Any) -> None:
            raise Died

        with monkeypatch.context() as patch:
            patch.setattr(container.storage, "write_file", dies)
            with pytest.raises(Died):
                await exporting.work(event)
        await exporting.work(event)
        assert (await exports.get(one, asked.id, BASE_URL, "en")).state == TransferState.WORKING
        clock.move(minutes=10)
        await exports.look_after()
        await asyncio.gather(*(exporting.work(event) for _ in range(3)))
        assert (await exports.get(one, asked.id, BASE_URL, "en")).state == TransferState.DONE

    async def test_a_deck_that_is_gone_is_said(
        self, exports: DeckExports, exporting: DeckExporting, decks: Decks, one: Caller, full: UUID
    ) -> None:
        asked = await exports.ask(one, DeckExportIn(deck_id=full, format=ExportFormat.JSON), BASE_URL, "en")
        await decks.remove(one, full)
        await exporting.work(DeckExportAsked(export_id=str(asked.id)))
        failed = await exports.get(one, asked.id, BASE_URL, "en")
        assert (failed.state, failed.error, failed.download_url) == (TransferState.FAILED, "deck_missing", None)

    async def test_is_gone_after_a_day(
        self,
        container: InlineContainer,
        take: Take,
        exports: DeckExports,
        one: Caller,
        full: UUID,
        clock: Clockwork,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("bunri.domains.learning.service.media.WRITTEN_WITHIN", timedelta())
        await take(one, full, "csv")
        [done] = await exports.listed(one, BASE_URL, "en")
        clock.move(hours=24)
        assert await exports.listed(one, BASE_URL, "en") == []
        await exports.look_after()
        await container.get(Pictures).tidy()
        assert await container.storage.stat(key_of(done)) is None

    async def test_erasing_a_person_erases_their_files(
        self,
        container: InlineContainer,
        take: Take,
        exports: DeckExports,
        exporting: DeckExporting,
        one: Caller,
        full: UUID,
        data: LearningUserData,
    ) -> None:
        await take(one, full, "json")
        [done] = await exports.listed(one, BASE_URL, "en")
        assert [each["export_id"] for each in (await data.export(one.id)).document["exports"]] == [str(done.id)]
        asked = await exports.ask(one, DeckExportIn(deck_id=full, format=ExportFormat.CSV), BASE_URL, "en")
        await data.erase(one.id)
        assert await container.storage.stat(key_of(done)) is None
        await exporting.work(DeckExportAsked(export_id=str(asked.id)))
        assert await container.storage.stat(key_of(asked)) is None


async def test_over_http(container: InlineContainer, decks: Decks, cards: Cards) -> None:
    app = bare_app(endpoints.router, objects.router)
    app.add_middleware(RequestContext)
    app.state.providers = container
    app.state.verifier = container.get(AccessVerifier)
    app.state.public_url = None
    app.state.storage = container.storage
    tokens = await container.get(Guests).sign_in("하나")
    me = container.get(AccessVerifier).verify(tokens.access_token)
    made = await decks.make(me, DeckIn(name="하나"))
    await cards.write(me, CardIn(deck_id=made.id, front="a", back="b"), BASE_URL)
    async with client_of(app) as http:
        http.headers["Authorization"] = f"Bearer {tokens.access_token}"
        asked = await http.post("/api/v1/learning/exports", json={"deck_id": str(made.id), "format": "csv"})
        assert asked.status_code == 202
        container.load_handlers()
        await container.work()
        done = (await http.get(asked.headers["location"])).json()
        assert done["state"] == "done"
        fetched: httpx.Response = await http.get(done["download_url"])
        assert fetched.headers["content-disposition"] == "attachment"
        assert fetched.text.splitlines()[1].endswith(",flip,a,b,,,")
        assert [each["id"] for each in (await http.get("/api/v1/learning/exports")).json()] == [done["id"]]
