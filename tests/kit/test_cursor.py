"""Cursors."""

import contextlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.kit.cursor import BadCursor, decode, encode


@given(st.uuids())
def test_a_cursor_comes_back_as_it_was(last: UUID) -> None:
    assert decode(encode(last)) == last


@given(st.text(max_size=40))
def test_anything_else_is_a_clear_error(cursor: str) -> None:
    with contextlib.suppress(BadCursor):
        assert len(encode(decode(cursor))) == 22


def test_a_cursor_too_long_is_refused() -> None:
    with pytest.raises(BadCursor):
        decode("a" * 64)
