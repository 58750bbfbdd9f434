import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import openpyxl
import pytest
from defusedxml import EntitiesForbidden

from bunri.domains.locations import importing
from bunri.domains.locations.errors import (
    BinsColumnsMissing,
    BinsFileBroken,
    BinsFileOldExcel,
    BinsFileTooLarge,
    BinsFileUnsupported,
    BinsSheetMissing,
)
from bunri.domains.locations.importing import excel_file
from bunri.domains.locations.importing.rows import ImportDefaults, ProblemReason, RowResult
from bunri.domains.locations.public import BinKind

HEADINGS: list[Any] = ["명칭", "주소", "위도", "경도"]
CITY_HALL: list[Any] = ["시청 앞", "서울특별시 중구", 37.5663, 126.9779]


def workbook(merged: Sequence[str] = (), **sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(content: bytes, **options: Any) -> tuple[list[RowResult], list[tuple[str, str]]]:
    notes: list[tuple[str, str]] = []
    defaults = ImportDefaults("file.xlsx", BinKind.CLOTHES)
    rows = importing.read_rows(io.BytesIO(content), defaults, tell=lambda *note: notes.append(note), **options)
    return list(rows), notes


def names(results: list[RowResult]) -> list[str]:
    return [new_bin.name for result in results for new_bin in result.new_bins]


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The archive with another part ``name``."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, part if each == name else old.read(each))
        if name not in old.namelist():
            new.writestr(name, part)
    return file.getvalue()


def causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def with_shared_strings(content: bytes) -> bytes:
    """The archive with the part in which Excel, unlike openpyxl, keeps all texts."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        types = archive.read("[Content_Types].xml").replace(b"</Types>", override.encode())
    return with_part(with_part(content, "[Content_Types].xml", types), "xl/sharedStrings.xml", b"<sst/>")


class TestSheets:
    def test_become_bins_with_the_rows_numbers(self) -> None:
        results, notes = read(workbook(목록=[HEADINGS, CITY_HALL, [], ["벽", None, "x", 127]]))
        ((new_bin,), ()) = [result.new_bins for result in results]
        assert (new_bin.name, new_bin.address, new_bin.lat, new_bin.lng) == tuple(CITY_HALL)
        problem = results[1].problem
        assert problem is not None
        assert (problem.line, problem.reason) == (4, ProblemReason.NO_NUMBER)
        assert notes == []

    def test_titles_and_merged_headings_stand_above_the_rows(self) -> None:
        rows = [
            ["의류수거함 현황", None, None, None],
            [],
            ["명칭", "주소", "위치", None],
            [None, None, "위도", "경도"],
            CITY_HALL,
        ]
        results, _ = read(workbook(("A1:D1", "A3:A4", "B3:B4", "C3:D3"), 목록=rows))
        assert names(results) == ["시청 앞"]

    def test_cells_are_read_as_people_see_them(self) -> None:
        row = [105.0, date(2026, 11, 20), "37°33'58.7\"", "126,9779"]
        results, _ = read(workbook(목록=[["명칭", "주소", "위도", "경도"], row, [True, 1.5, 37, "#N/A"]]))
        ((new_bin,), ()) = [result.new_bins for result in results]
        assert (new_bin.name, new_bin.address, new_bin.lng) == ("105", "2026-11-20", 126.9779)
        assert [each.problem.reason for each in results if each.problem] == [ProblemReason.NO_COORDINATES]

    def test_formulas_count_by_the_value_that_excel_kept(self) -> None:
        content = workbook(목록=[HEADINGS, ["가", "나", "=1+36", 127]])
        sheet = "xl/worksheets/sheet1.xml"
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            kept = archive.read(sheet).replace(b"<f>1+36</f><v />", b"<f>1+36</f><v>37</v>")
        results, _ = read(with_part(content, sheet, kept))
        assert [new_bin.lat for result in results for new_bin in result.new_bins] == [37]

    def test_the_one_with_coordinates_is_read_and_named(self) -> None:
        content = workbook(표지=[["의류수거함"]], 목록=[HEADINGS, CITY_HALL], 예전=[HEADINGS, ["옛", "", 37, 127]])
        results, notes = read(content)
        assert names(results) == ["시청 앞"]
        assert notes == [("sheet", "목록"), ("other_sheets", "예전")]
        assert names(read(content, sheet="예전")[0]) == ["옛"]

    def test_one_that_is_not_there_is_told(self) -> None:
        with pytest.raises(BinsSheetMissing) as refused:
            read(workbook(목록=[HEADINGS], 둘=[]), sheet="셋")
        assert refused.value.data == {"sheet": "셋", "found": "목록, 둘"}

    @pytest.mark.parametrize("rows", [[], [["이름", "주소"], ["시청", "중구"]]])
    def test_without_coordinates_are_refused(self, rows: list[list[Any]]) -> None:
        with pytest.raises(BinsColumnsMissing):
            read(workbook(목록=rows))

    def test_metres_are_read_as_in_other_tables(self) -> None:
        rows: list[list[Any]] = [["명칭", "X좌표(EPSG5174)", "Y좌표(EPSG5174)"], ["가", 197977.9, 451557.7]]
        results, notes = read(workbook(목록=rows))
        assert [round(new_bin.lat, 4) for result in results for new_bin in result.new_bins] == [37.5663]
        assert notes == [("system", "EPSG:5174")]


class TestHostileFiles:
    def test_the_old_format_is_named(self) -> None:
        with pytest.raises(BinsFileOldExcel):
            read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))

    def test_another_archive_is_none(self) -> None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("bins.csv", "lat,lng\n37,127\n")
        with pytest.raises(BinsFileUnsupported):
            read(file.getvalue())

    @pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
    def test_one_that_breaks_off_is_broken(self, share: float) -> None:
        content = workbook(목록=[HEADINGS, *[CITY_HALL] * 2000])
        with pytest.raises(BinsFileBroken):
            read(content[: int(len(content) * share)])

    def test_one_that_unpacks_to_much_more_is_not_unpacked(self) -> None:
        bomb = with_part(workbook(목록=[HEADINGS, CITY_HALL]), "xl/media/image1.png", bytes(64 << 20))
        assert len(bomb) < 200_000
        with pytest.raises(BinsFileTooLarge):
            read(bomb)

    @pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
    def test_entities_are_not_expanded(self, part: str) -> None:
        laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
        with pytest.raises(BinsFileBroken) as refused:
            read(with_part(with_shared_strings(workbook(목록=[HEADINGS, CITY_HALL])), part, laughs))
        assert any(isinstance(each, EntitiesForbidden) for each in causes(refused.value))

    def test_a_row_number_beyond_excels_is_no_gap_to_fill(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(excel_file, "MOST_ROWS", 1000)
        content = workbook(목록=[HEADINGS, CITY_HALL])
        sheet = "xl/worksheets/sheet1.xml"
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            far = archive.read(sheet).replace(b'<row r="2">', b'<row r="99999999999">')
        with pytest.raises(BinsFileBroken):
            read(with_part(content, sheet, far))

    def test_broken_xml_between_rows_costs_the_file(self) -> None:
        content = workbook(목록=[HEADINGS, *[CITY_HALL] * 20])
        sheet = "xl/worksheets/sheet1.xml"
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            broken = archive.read(sheet).replace(b'<row r="15">', b'<row r="15"><')
        with pytest.raises(BinsFileBroken):
            read(with_part(content, sheet, broken))
