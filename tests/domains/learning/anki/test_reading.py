"""Files of cards, read by the process that reads them in the product: what they say, and what they may not do."""

import io
import itertools
import json
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
import zstandard
from tests.support.anki_packages import (
    BASIC,
    CLOZE,
    REVERSED,
    TYPED,
    changed,
    deck,
    dummy,
    new_form,
    note,
    package,
    parts_of,
    zipped,
)

from bunri.domains.learning.anki.brought import BroughtCard
from bunri.domains.learning.anki.limits import LIMITS
from bunri.domains.learning.anki.reading import Reading
from bunri.domains.learning.anki.tables import COLUMNS, guarded
from bunri.domains.learning.errors import (
    CollectionBroken,
    NotADeckFile,
    NotAPackage,
    NotATable,
    PackageTooLarge,
    PackageTooNew,
    UnsafePackage,
)
from bunri.domains.learning.records import CardKind

PICTURE = b"bytes of a picture"
FRUIT = package(
    deck("Fruit", note(BASIC, "사과", "apple"), note(BASIC, "배", 'pear <img src="pear.png">')),
    media={"pear.png": PICTURE},
)


class Read(NamedTuple):
    cards: list[BroughtCard]
    left_out: dict[str, int]
    pictures: list[bytes]


Reader = Callable[..., Awaitable[Read]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    numbers = itertools.count()

    async def run(data: bytes, kind: str = "apkg") -> Read:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        (folder / "sent").write_bytes(data)
        reading = Reading(kind, folder / "sent", folder)
        cards = [card async for card in reading.cards()]
        shown = [reading.picture(number).read_bytes() for card in cards for number in card.pictures]
        return Read(cards, reading.report.counts, shown)

    return run


def sides(cards: Sequence[BroughtCard]) -> list[tuple[str, str]]:
    return [(card.front, card.back) for card in cards]


class TestForms:
    """The same deck in each of the forms says the same."""

    @pytest.mark.parametrize(
        "data",
        [
            FRUIT,
            zipped(
                {
                    **parts_of(FRUIT),
                    "collection.anki21": parts_of(FRUIT)["collection.anki2"],
                    "collection.anki2": dummy(),
                }
            ),
            zipped(
                {
                    **parts_of(FRUIT),
                    "collection.anki21": parts_of(FRUIT)["collection.anki2"],
                    "meta": b"\x08\x02",
                    "collection.anki2": dummy(),
                }
            ),
            new_form(FRUIT),
        ],
        ids=["anki2", "anki21", "anki21 with meta", "anki21b"],
    )
    @pytest.mark.parametrize("kind", ["apkg", "colpkg"])
    async def test_says_the_same(self, read: Reader, data: bytes, kind: str) -> None:
        found = await read(data, kind)
        assert sides(found.cards) == [("사과", "apple"), ("배", "pear ![](media:#0)")]
        assert found.pictures == [PICTURE]
        assert [card.deck for card in found.cards] == ["Fruit"] * 2
        assert found.left_out == {}

    async def test_a_newer_one_is_refused_with_a_sentence(self, read: Reader) -> None:
        with pytest.raises(PackageTooNew):
            await read(zipped({**parts_of(FRUIT), "meta": b"\x08\x04"}))

    async def test_real_ones(self, read: Reader, shared: Path) -> None:
        decks = shared / "data" / "decks"
        old = await read((decks / "legacy1.apkg").read_bytes())
        assert [card.front for card in old.cards] == [
            "card #1 front",
            "card #2 front",
            "card #3 with image ![](media:#0)",
        ]
        assert old.cards[0].tags == ["food", "fruit"]
        middle = await read((decks / "legacy2.apkg").read_bytes())
        newest = await read((decks / "new-format.apkg").read_bytes())
        assert sides(middle.cards) == sides(newest.cards)
        assert [card.kind for card in newest.cards][-1] == CardKind.TYPED
        assert (sum(len(card.reviews) for card in middle.cards), sum(len(card.reviews) for card in newest.cards)) == (
            7,
            23,
        )
        assert middle.cards[3].note == middle.cards[4].note  # asked both ways
        assert len(newest.pictures) == 1
        assert newest.left_out == {"sound": 1}
        assert (await read((decks / "media.apkg").read_bytes())).left_out == {"empty": 1}
        first, second = [await read((decks / f"update{number}.apkg").read_bytes()) for number in (1, 2)]
        assert first.cards[0].key == second.cards[0].key
        assert (first.cards[0].front, second.cards[0].front) == ("hello", "goodbye")


class TestKinds:
    async def test_both_ways_are_siblings(self, read: Reader) -> None:
        found = await read(package(deck("A", note(REVERSED, "front", "back"))))
        assert sides(found.cards) == [("front", "back"), ("back", "front")]
        assert len({card.note for card in found.cards}) == 1
        assert len({card.key for card in found.cards}) == 2

    async def test_what_is_typed_is_plain(self, read: Reader) -> None:
        found = await read(package(deck("A", note(TYPED, "<b>capital</b> of Korea", "<i>Seoul</i>&nbsp;"))))
        [card] = found.cards
        assert (card.kind, card.front, card.back) == (CardKind.TYPED, "**capital** of Korea", "Seoul")

    async def test_each_cloze_is_a_card(self, read: Reader) -> None:
        text = "{{c1::Paper::a material}} and {{c2::glass {{c1::bottles}}}} are sorted"
        found = await read(package(deck("A", note(CLOZE, text, "extra"))))
        assert sides(found.cards) == [
            ("\\[a material\\] and glass \\[…\\] are sorted", "**Paper** and glass **bottles** are sorted\nextra"),
            ("Paper and \\[…\\] are sorted", "Paper and **glass bottles** are sorted\nextra"),
        ]

    async def test_decks_below_become_tags(self, read: Reader) -> None:
        found = await read(
            package(
                deck("Waste", note(BASIC, "a", "b"), number=11),
                deck("Waste::Glass bottles", note(BASIC, "c", "d", tags=["t"]), number=12),
                deck("Other", note(BASIC, "e", "f"), number=13),
            )
        )
        assert [(card.deck, card.tags) for card in found.cards] == [
            ("Waste", []),
            ("Waste", ["Glass_bottles", "t"]),
            ("Other", []),
        ]

    async def test_what_cannot_be_kept_is_named(self, read: Reader) -> None:
        found = await read(
            package(
                deck(
                    "A",
                    note(BASIC, "one <script>alert(1)</script>", '<a href="javascript:alert(1)" onclick="x()">two</a>'),
                    note(BASIC, "[latex]x^2[/latex]", "[sound:a.mp3] heard"),
                    note(BASIC, '<img src="gone.png">', '<img src="https://elsewhere.test/spy.png"> seen'),
                    note(BASIC, "<iframe src=x></iframe>x", "x" * 30_000),
                )
            )
        )
        said = " ".join(front + back for front, back in sides(found.cards))
        assert "alert" not in said
        assert "elsewhere" not in said
        assert sides(found.cards)[:3] == [
            ("one", "two"),
            ("\\[latex\\]x^2\\[/latex\\]", "heard"),
            ("(gone.png)", "seen"),
        ]
        assert found.left_out == {
            "script": 1,
            "formula": 1,
            "sound": 1,
            "picture_missing": 1,
            "picture_elsewhere": 1,
            "embedded": 1,
            "too_long": 1,
        }


class TestSchedules:
    async def test_reviews_come_with_their_buttons(self, read: Reader) -> None:
        made = changed(
            FRUIT,
            "insert into revlog select 1700000000000, id, 0, 1, -60, -60, 2500, 4000, 0 from cards limit 1",
            "insert into revlog select 1700000600000, id, 0, 2, 1, -60, 2500, 3000, 0 from cards limit 1",
            "insert into revlog select 1700100000000, id, 0, 3, 3, 1, 2500, 9000000, 1 from cards limit 1",
            "insert into revlog select 1700100000001, id, 0, 3, 3, 1, 0, 1000, 3 from cards limit 1",
            "insert into revlog select 1700200000000, id, 0, 0, 0, 3, 0, 0, 4 from cards limit 1",
        )
        reviews = (await read(made)).cards[0].reviews
        # genanki's collections are of the first scheduler, whose second of three buttons is good; what was asked out of
        # turn and changed nothing is left out
        assert [(each.kind, each.rating, each.seconds) for each in reviews] == [
            ("review", 1, 4.0),
            ("review", 3, 3.0),
            ("review", 3, 3600.0),
            ("reset", None, None),
        ]
        newer = [each.rating for each in (await read(new_form(made))).cards[0].reviews]
        assert newer == [1, 2, 3, None]

    async def test_without_a_log_the_memory_is_taken(self, read: Reader) -> None:
        made = changed(
            FRUIT,
            "update cards set type = 2, queue = 2, ivl = 30, due = 40, factor = 2500, "
            """data = '{"s": 45.5, "d": 6.25}' """
            "where id = (select min(id) from cards)",
            "update cards set type = 2, queue = -1, ivl = 30, due = 40, factor = 2500, data = '' "
            "where id = (select max(id) from cards)",
        )
        first, second = (await read(made)).cards
        assert first.memory
        assert second.memory
        assert (first.memory.stability, first.memory.difficulty, first.memory.interval) == (45.5, 6.25, 30)
        assert (second.memory.stability, second.suspended, first.suspended) == (30.0, True, False)
        assert 1 <= second.memory.difficulty <= 10

    async def test_log_of_nonsense_is_left_out(self, read: Reader) -> None:
        made = changed(
            FRUIT,
            "insert into revlog select 5, id, 0, 3, 1, 1, 2500, 4000, 1 from cards limit 1",
            "insert into revlog select 1700000000000, id, 0, 9, 1, 1, 2500, 4000, 1 from cards limit 1",
            "insert into revlog select 1700000000001, id, 0, 'x', 1, 1, 2500, 4000, 1 from cards limit 1",
        )
        assert (await read(made)).cards[0].reviews == []


def bomb() -> bytes:
    """Some hundred kilobytes that would be a gigabyte."""
    return zipped({**parts_of(FRUIT), "collection.anki2": bytes(LIMITS.collection + 1)})


def zstd_bomb() -> bytes:
    compressor = zstandard.ZstdCompressor().compressobj()
    pieces = [compressor.compress(bytes(2**20)) for _ in range(LIMITS.collection // 2**20 + 1)]
    return zipped({**parts_of(new_form(FRUIT)), "collection.anki21b": b"".join([*pieces, compressor.flush()])})


def overlapping() -> bytes:
    """Two parts that are the same bytes, as in bombs without layers."""
    made = bytearray(zipped({"0": b"x" * 100, "1": b"x" * 100}, zipfile.ZIP_STORED))
    second = made.rfind(b"PK\1\2")
    struct.pack_into("<I", made, second + 42, 0)
    return bytes(made)


def with_many_parts() -> bytes:
    return zipped({str(number): b"" for number in range(LIMITS.entries + 1)}, zipfile.ZIP_STORED)


def with_long_directory() -> bytes:
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 10, 10, 2**31, 0, 0)
    return b"PK\3\4" + bytes(100) + end


class TestHostile:
    @pytest.mark.parametrize(
        ("data", "error"),
        [
            (b"", NotAPackage),
            (b"<!doctype html><title>Sign in</title>", NotAPackage),
            (b"PK\3\4" + b"\0" * 50, NotAPackage),
            (FRUIT[: len(FRUIT) // 2], NotAPackage),
            (zipped({"a.txt": b"no deck"}), NotAPackage),
            (bomb(), PackageTooLarge),
            (zstd_bomb(), PackageTooLarge),
            (with_many_parts(), PackageTooLarge),
            (with_long_directory(), PackageTooLarge),
            (overlapping(), UnsafePackage),
            (zipped({**parts_of(FRUIT), "../../etc/cron.d/x": b"x"}), UnsafePackage),
            (zipped({**parts_of(FRUIT), "/tmp/x": b"x"}), UnsafePackage),
            (zipped({**parts_of(FRUIT), "C:\\x": b"x"}), UnsafePackage),
            (zipped({**parts_of(FRUIT), "collection.anki2": b"no tables"}), CollectionBroken),
            (zipped({**parts_of(FRUIT), "collection.anki2": b""}), CollectionBroken),
            (zipped({**parts_of(FRUIT), "media": b"{"}), CollectionBroken),
            (zipped({**parts_of(FRUIT), "meta": b"\x08\x03"}), CollectionBroken),
            (zipped({**parts_of(new_form(FRUIT)), "collection.anki21b": b"no zstd"}), CollectionBroken),
            (zipped({**parts_of(new_form(FRUIT)), "media": zstandard.compress(b"\xff" * 20)}), CollectionBroken),
        ],
        ids=[
            "empty", "page", "cut off at once", "cut off", "another zip", "bomb", "zstd bomb", "many parts",
            "long directory", "overlapping", "path up", "absolute path", "windows path", "no tables", "empty tables",
            "broken map", "named and missing", "no zstd", "broken messages",
        ],
    )  # fmt: skip
    async def test_is_refused_by_its_name(
        self, read: Reader, data: bytes, error: type[Exception], tmp_path: Path
    ) -> None:
        with pytest.raises(error):
            await read(data)
        assert not (tmp_path.parent / "etc").exists()

    @pytest.mark.parametrize(
        "statements",
        [
            ("alter table notes rename to hidden", "create view notes as select * from hidden"),
            (
                "alter table revlog rename to hidden",
                "create view revlog as select id, cid, usn, ease, ivl, lastIvl, factor, time, type from hidden",
            ),
            ("drop table revlog", "create virtual table revlog using fts5(id, cid, ease, ivl, factor, time, type)"),
        ],
        ids=["view", "view of the log", "virtual table"],
    )
    async def test_tables_that_are_none(self, read: Reader, statements: tuple[str, ...]) -> None:
        with pytest.raises(UnsafePackage):
            await read(changed(FRUIT, *statements))

    @pytest.mark.parametrize(
        "statements",
        [
            ("create trigger t after insert on notes begin select load_extension('x'); end",),
            ("update notes set flds = zeroblob(17 * 1048576)",),
            ("update notes set flds = 5", "update cards set ord = 'x'"),
            ("update col set models = '[]'",),
            ("update col set crt = 'x', decks = 7",),
            ("update cards set due = 9223372036854775807, ivl = 9223372036854775807, type = 2",),
            ("update cards set nid = 'abc', did = 'x'",),
            ("update notes set guid = '', tags = x'ff', mid = 1.5",),
        ],
        ids=[
            "trigger",
            "huge value",
            "other types",
            "no models",
            "words for numbers",
            "huge numbers",
            "words",
            "blobs",
        ],
    )
    async def test_odd_tables_do_no_harm(self, read: Reader, statements: tuple[str, ...]) -> None:
        """Either the cards come, or a sentence."""
        try:
            found = await read(changed(FRUIT, *statements))
        except (CollectionBroken, PackageTooLarge):
            return
        assert len(found.cards) <= 2

    async def test_recursive_conditions_and_deep_html(self, read: Reader) -> None:
        deep = "<b>" * 20_000 + "x"
        cloze = "{{c1::" * 5_000 + "word" + "}}" * 5_000
        found = await read(package(deck("A", note(BASIC, deep, "y"), note(CLOZE, cloze, ""))))
        assert found.cards[0].front == "**x**"

    async def test_a_picture_that_is_too_large_is_left_out(self, read: Reader) -> None:
        parts = {**parts_of(FRUIT), "0": bytes(LIMITS.picture + 1)}
        found = await read(zipped(parts))
        assert sides(found.cards)[1] == ("배", "pear (pear.png)")
        assert found.left_out == {"picture_missing": 1}


class TestTables:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp949"])
    @pytest.mark.parametrize("separator", [",", "\t", ";"])
    async def test_in_each_encoding(self, read: Reader, encoding: str, separator: str) -> None:
        text = (
            f'앞면{separator}뒷면\r\n종량제봉투{separator}봉투\r\n"두{separator} 줄\n여기"{separator}"그는 ""예"""\r\n'
        )
        found = await read(text.encode(encoding), "csv")
        assert sides(found.cards) == [("종량제봉투", "봉투"), (f"두{separator} 줄\n여기", '그는 "예"')]

    async def test_without_names_and_in_pieces_of_letters(self, read: Reader) -> None:
        found = await read(unicodedata.normalize("NFD", "종량제봉투,일반쓰레기,태그\n").encode(), "csv")
        assert sides(found.cards) == [("종량제봉투", "일반쓰레기")]
        assert found.cards[0].tags == ["태그"]

    async def test_same_again_has_the_same_keys(self, read: Reader) -> None:
        first = await read(b"a,b\na,c\nd,e\n", "csv")
        second = await read(b"x,y\nd,z\na,b\na,c\n", "csv")
        keys = [[card.key for card in each.cards] for each in (first, second)]
        assert len(set(keys[0])) == 3
        assert keys[1][1:] == [keys[0][2], keys[0][0], keys[0][1]]

    async def test_notes_in_plain_text_of_anki(self, read: Reader) -> None:
        text = (
            "#separator:tab\n#html:true\n#guid column:1\n#deck column:2\n#tags column:5\n"
            "abc\tWaste::Glass\t<b>one</b>\ttwo\tt1 t2\n"
        )
        [card] = (await read(text.encode(), "csv")).cards
        assert (card.key, card.deck, card.front, card.back, card.tags) == (
            "abc",
            "Waste",
            "**one**",
            "two",
            ["t1", "t2"],
        )

    async def test_formulas_come_back_as_they_were(self, read: Reader) -> None:
        cells = ["k", "flip", "=1+1", "-2", "", "'quoted; +3", ""]
        text = ",".join(COLUMNS) + "\n" + ",".join(guarded(cell) for cell in cells) + "\n"
        assert "\n=" not in text
        assert ",=" not in text
        [card] = (await read(text.encode(), "csv")).cards
        assert (card.front, card.back, card.accepted) == ("=1+1", "-2", ["'quoted", "+3"])

    @pytest.mark.parametrize(
        "data", [b"", b"<html><table></table>", FRUIT, b"\xff\xfe\x00", bytes(range(256)) * 4, b"%PDF-1.7\n"]
    )
    async def test_what_is_no_table(self, read: Reader, data: bytes) -> None:
        with pytest.raises(NotATable):
            await read(data, "csv")

    async def test_short_rows_are_named(self, read: Reader) -> None:
        found = await read(b"a,b\nlonely\n,x\n", "csv")
        assert (sides(found.cards), found.left_out) == ([("a", "b")], {"row_short": 2})


class TestDeckFiles:
    @pytest.mark.parametrize(
        "data", [b"", b"[]", b"{", b'{"format": "other"}', b'{"format": "bunri-deck", "version": 2}']
    )
    async def test_what_is_none(self, read: Reader, data: bytes) -> None:
        with pytest.raises(NotADeckFile):
            await read(data, "json")

    async def test_cards_that_make_no_sense_are_left_out(self, read: Reader) -> None:
        good = {"key": "1", "note": "1", "kind": "flip", "front": "a", "back": "b"}
        cards = [
            good,
            {**good, "kind": "spell"},
            {**good, "front": "x" * 20_000},
            7,
            {**good, "media": ["m"], "front": "![](media:#0)"},
        ]
        data = json.dumps({"format": "bunri-deck", "version": 1, "deck": {"name": "D"}, "cards": cards}).encode()
        found = await read(data, "json")
        assert sides(found.cards) == [("a", "b"), ("(m)", "b")]
        assert found.left_out == {"card_broken": 3, "picture_missing": 1}


async def test_nested_zips_are_not_opened(read: Reader) -> None:
    inner = zlib.compress(bytes(10**6))
    with pytest.raises(NotAPackage):
        await read(zipped({"inner.zip": zipped({"collection.anki2": inner})}))


async def test_encrypted_parts_are_refused(read: Reader) -> None:
    made = bytearray(FRUIT)
    at = made.rfind(b"PK\1\2")
    made[at + 8] |= 1
    with pytest.raises(UnsafePackage):
        await read(bytes(made))
    assert zipfile.is_zipfile(io.BytesIO(bytes(made)))
