import unicodedata
from copy import deepcopy

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.conftest import Sessions
from tests.domains.recycling.conftest import Begin

from bunri.domains.recycling.files import shipped_document
from bunri.domains.recycling.models import RuleRow
from bunri.domains.recycling.repository import RecyclingRepository
from bunri.domains.recycling.rows import Document
from bunri.domains.recycling.table import RuleTable, build, load_table


def _renamed() -> Document:
    """The shipped table in which a book is called something else."""
    document = deepcopy(shipped_document())
    book = next(row for row in document["item"] if row["slug"] == "book-magazine")
    book["name"]["ko"] = "알쏭달쏭한 책"
    return document


class TestLoad:
    async def test_has_happened_by_migrating(self, begin: Begin, table: RuleTable) -> None:
        async with begin() as repository:
            assert await repository.active_version() == table.version

    async def test_of_the_same_table_changes_nothing(self, begin: Begin) -> None:
        async with begin() as repository:
            assert not await repository.load(load_table())

    async def test_keeps_the_table_word_for_word(self, begin: Begin, table: RuleTable) -> None:
        async with begin() as repository:
            document = await repository.get_document(table.version)
        assert document == {kind: rows for kind, rows in table.document.items() if rows}
        assert build(document) == table

    async def test_of_another_table_keeps_the_old(self, session_of: Sessions, table: RuleTable) -> None:
        other = build(_renamed())
        async with session_of("recycling") as session:
            repository = RecyclingRepository(session)
            assert await repository.load(other)
            assert await repository.active_version() == other.version
            assert (await repository.search("알쏭달쏭한 책", 1))[0].score == 1
            assert await repository.get_document(table.version)
            assert await repository.load(table)
            assert await repository.active_version() == table.version
            assert (await repository.search("알쏭달쏭한 책", 1))[0].score < 1
            known = await session.scalars(text("select version from recycling.versions"))
            assert {table.version, other.version} <= set(known)

    async def test_refuses_a_rule_without_source(self, session_of: Sessions, table: RuleTable) -> None:
        row = RuleRow(version=table.version, kind="item", slug="nameless", position=0, body={"rule": {"date": "x"}})
        async with session_of("recycling") as session:
            session.add(row)
            with pytest.raises(IntegrityError, match="rules_sourced_check"):
                await session.flush()


class TestSearch:
    @pytest.mark.parametrize(
        ("words", "item"),
        [
            ("페트병", "clear-pet-bottle"),
            ("패트병", "clear-pet-bottle"),
            ("페트벼", "clear-pet-bottle"),
            ("페트ㅂ", "clear-pet-bottle"),
            ("ㅍㅔ트병", "clear-pet-bottle"),
            ("vpxmqud", "clear-pet-bottle"),
            ("컵라면 용기", "noodle-cup"),
            ("컵라", "noodle-cup"),
            ("zjqfkaus", "noodle-cup"),
            ("깨진 유리", "broken-glass"),
            ("스치로폼", "styrofoam-box"),
            ("스티로풤", "styrofoam-box"),
            ("뽁복이", "bubble-wrap"),
            ("밧데리", "battery"),
            ("볼팬", "pen"),
            ("우유 곽", "milk-carton"),
            ("티비", "television"),
            ("기름 묻은 피자박스예요", "pizza-box"),
            ("건전지 어디에 버려요?", "battery"),
            ("다 쓴 부탄가스통", "butane-can"),
            ("plastic botle", "clear-pet-bottle"),
            ("toothbrsh", "manual-toothbrush"),
            ("Milk Cartons", "milk-carton"),
            ("egg shell", "eggshell"),
            ("cardbord box", "cardboard-box"),
            (unicodedata.normalize("NFD", "컵라면 용기"), "noodle-cup"),
        ],
    )
    async def test_finds_what_people_mean(self, begin: Begin, words: str, item: str) -> None:
        async with begin() as repository:
            assert (await repository.search(words, 5))[0].item == item

    @pytest.mark.parametrize(
        ("words", "item"),
        [
            ("pizza boxes", "pizza-box"),
            ("tissue boxes", "tissue-box"),
            ("drinking glasses", "drinking-glass"),
            ("wine glasses", "drinking-glass"),
            ("glasses", "glasses"),
            ("kitchen knives", "knife-scissors"),
            ("AAA batteries", "battery"),
            ("tooth brushes", "manual-toothbrush"),
            ("mussel shell", "shellfish"),
            ("toys", "plastic-toy"),
            ("mice", "keyboard-mouse"),
            ("two pizza boxes please", "pizza-box"),
            ("candles", "candle"),
            ("syringes", "syringe"),
            ("tapes", "tape"),
            ("tools", "tools"),
            ("TVs", "television"),
            ("gloves", "rubber-gloves"),
            ("dishes", "ceramic"),
            ("lids", "plastic-lid"),
        ],
    )
    async def test_knows_english_plurals(self, begin: Begin, words: str, item: str) -> None:
        async with begin() as repository:
            assert (await repository.search(words, 5))[0].item == item

    @pytest.mark.parametrize(
        ("words", "item"),
        [
            ("PET", "clear-pet-bottle"),
            ("pet", "clear-pet-bottle"),
            ("ＰＥＴ", "clear-pet-bottle"),
            ("PET 병", "clear-pet-bottle"),
            ("PP", "plastic-container"),
            ("ＰＰ", "plastic-container"),
            ("PE", "plastic-container"),
            ("PS", "plastic-container"),
            ("PP용기", "plastic-container"),
            ("LDPE", "plastic-bag"),
            ("PVC", "pvc-mat"),
            ("EPS", "styrofoam-box"),
            ("PSP", "meat-tray"),
            ("LED", "led-bulb"),
            ("ＬＥＤ", "led-bulb"),
            ("LEDs", "led-bulb"),
            ("LED조명", "led-bulb"),
            ("LCD", "monitor"),
            ("TV", "television"),
            ("TVs", "television"),
            ("PC", "computer"),
            ("CDs", "cd-dvd"),
            ("ＤＶＤ", "cd-dvd"),
            ("AAA", "battery"),
            ("PTP", "blister-pack"),
        ],
    )
    async def test_knows_abbreviations_of_any_width(self, begin: Begin, words: str, item: str) -> None:
        async with begin() as repository:
            assert (await repository.search(words, 5))[0].item == item

    async def test_puts_the_name_before_what_begins_with_it_before_what_is_like_it(self, begin: Begin) -> None:
        async with begin() as repository:
            found = await repository.search("페트병", 10)
        assert found[0].score == 1
        assert {found[1].item, found[2].item} == {"plastic-lid", "label-film"}
        assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)

    @pytest.mark.parametrize(
        "words", ["", "   ", "★", "🥤", "zxcvzxcv", "'; drop schema recycling cascade; --", "%", "_"]
    )
    async def test_finds_nothing_in_nothing(self, begin: Begin, words: str) -> None:
        async with begin() as repository:
            assert await repository.search(words, 5) == []

    async def test_gives_each_item_once_and_no_more_than_asked(self, begin: Begin) -> None:
        async with begin() as repository:
            found = await repository.search("플라스틱", 7)
        assert len({each.item for each in found}) == len(found) == 7

    async def test_looks_at_a_bounded_piece_of_a_flood(self, begin: Begin) -> None:
        async with begin() as repository:
            assert (await repository.search("페트병 " + "가나 " * 10_000, 5))[0].item == "clear-pet-bottle"
