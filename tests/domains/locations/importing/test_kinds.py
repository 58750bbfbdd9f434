import unicodedata

import pytest

from bunri.domains.locations.importing.kinds import kinds_in
from bunri.domains.locations.public import BinKind
from bunri.kit.languages import text


class TestKindsIn:
    @pytest.mark.parametrize("kind", BinKind)
    def test_knows_its_own_words(self, kind: BinKind) -> None:
        assert kinds_in(kind) == (kind,)
        assert kinds_in(text(f"locations.kinds.{kind}", "ko")) == (kind,)

    @pytest.mark.parametrize(
        ("words", "kinds"),
        [
            ("의류수거함", {BinKind.CLOTHES}),
            ("헌 옷 수거함", {BinKind.CLOTHES}),
            ("폐 건전지", {BinKind.BATTERY}),
            ("폐형광등,폐건전지", {BinKind.LAMP, BinKind.BATTERY}),
            ("재활용품(의류)", {BinKind.CLOTHES}),
            ("일반쓰레기+재활용쓰레기", {BinKind.STREET, BinKind.RECYCLING}),
            ("street_bin", {BinKind.STREET}),
            ("E-Waste", {BinKind.ELECTRONICS}),
            ("Used batteries", {BinKind.BATTERY}),
            (unicodedata.normalize("NFD", "폐건전지_수거함"), {BinKind.BATTERY}),
            ("ＰＥＴ", {BinKind.PET}),
            ("관내 전지역", set()),
            ("carpet", set()),
            ("기타", set()),
            ("", set()),
        ],
    )
    def test_finds_what_the_words_name_and_nothing_else(self, words: str, kinds: set[BinKind]) -> None:
        assert set(kinds_in(words)) == kinds
