"""What quotes enclose, and what they must not swallow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.locations.importing.records import MAX_LINES, Lines, Record, next_record


def is_row(values: list[str]) -> bool:
    """A name, a number and a note."""
    return len(values) == 3 and values[1].isdigit()


def records(content: str) -> list[Record]:
    lines = Lines(iter(content.splitlines(keepends=True)))
    found = []
    while lines.ahead(0) is not None:
        found.append(next_record(lines, ",", is_row))
        lines.take(found[-1].lines)
    assert lines.taken == len(content.splitlines())
    return found


class TestRecords:
    @pytest.mark.parametrize(
        ("content", "values"),
        [
            ('a,1,"x, y"\n', ["a", "1", "x, y"]),
            ('"a ""b""",1,x\n', ['a "b"', "1", "x"]),
            ('"a\nb",1,x\n', ["a\nb", "1", "x"]),
            ('a,1,"x\ny"\n', ["a", "1", "x\ny"]),
            ('a,1,"x\n\ny, z"', ["a", "1", "x\n\ny, z"]),
            ('"a\nb","1","x\ny"\n', ["a\nb", "1", "x\ny"]),
            ('19" screen,1,x\n', ['19" screen', "1", "x"]),
        ],
    )
    def test_may_hold_what_quotes_enclose(self, content: str, values: list[str]) -> None:
        (record,) = records(content)
        assert record.values == values

    @pytest.mark.parametrize(
        "content",
        [
            '"a,1,x\nb,2,y\n',
            '"a,1,x\nb",2,y\n',
            'a,1,"x\nb,2,y"\n',
            '"a,1,x\nb,2,y\nc",3,z\n',
            '"a","1","x\n"b","2","y"\n',
            '"a\nb,2,y\n',
            'a,"1,x\nb,"2,y\n',
            'a,"1,x\nb,2,y\nc,"3,z\n',
        ],
    )
    def test_break_where_a_quote_would_swallow_rows(self, content: str) -> None:
        first, second, *_ = records(content)
        assert (first.broken, first.lines) == (True, 1)
        assert second.values[1].strip('"') == "2"

    def test_end_within_bounds(self) -> None:
        first, *others = records('"a\n' + "b\n" * MAX_LINES + '",1,x\n')
        assert first.broken
        assert len(others) == MAX_LINES + 1

    def test_break_where_a_value_is_beyond_what_the_parser_takes(self) -> None:
        assert [record.broken for record in records('"' + "x" * 140_000 + '",1,x\nb,2,y\n')] == [True, False]

    @given(st.text(alphabet='a1,"\n', max_size=60))
    def test_take_every_line_once(self, content: str) -> None:
        assert sum(record.lines for record in records(content)) == len(content.splitlines())
