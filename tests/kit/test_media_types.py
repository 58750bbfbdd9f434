"""Media types by RFC 9110 §8.3.1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.kit.media_types import essence

SPACE = st.text(" \t", max_size=2)
TOKEN = st.text("!#$%&'*+-.^_`|~09AZaz", min_size=1, max_size=8)
QUOTED = st.text('abc ;,=/\t"\\é', max_size=8).map(
    lambda said: '"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"'
)


@given(TOKEN, TOKEN, st.lists(st.tuples(SPACE, SPACE, TOKEN, TOKEN | QUOTED), max_size=3), SPACE)
def test_parameters_spaces_and_case_make_no_difference(
    kind: str, subtype: str, parameters: list[tuple[str, str, str, str]], end: str
) -> None:
    written = f"{kind}/{subtype}" + "".join(
        f"{before};{after}{name}={value}" for before, after, name, value in parameters
    )
    assert essence(written + end) == f"{kind}/{subtype}".lower()


@given(st.text(max_size=40))
def test_anything_else_is_none_and_never_an_error(written: str) -> None:
    found = essence(written)
    assert found is None or found == found.lower()


@pytest.mark.parametrize(
    "boundary", ["----WebKitFormBoundary7MA4YWxkTrZu0gW", "=_Part_1", '"a b;c"', "Boundary:1/2", "(1)"]
)
def test_a_form_may_write_its_boundary_as_clients_do(boundary: str) -> None:
    assert essence(f"Multipart/Form-Data; boundary={boundary}") == "multipart/form-data"


@pytest.mark.parametrize("end", ["\n", "\x00", " \r\n", "; q=\x7f", '; q="\x00"', "; =1", ";q=1,text/html", "é"])
def test_no_control_or_rest_is_let_through(end: str) -> None:
    assert essence(f"image/jpeg{end}") is None


def test_a_long_one_is_read_in_time() -> None:
    assert essence("image/jpeg" + " ;" * 100_000 + " x") is None
