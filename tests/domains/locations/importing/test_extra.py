"""Without the libraries of the extra ``tables``: everything else works, and who needs one is told how to get it."""

import io
import json
import sys

import pytest

from bunri.domains.locations import importing
from bunri.domains.locations.errors import BinsExtraMissing
from bunri.domains.locations.importing.rows import ImportDefaults
from bunri.domains.locations.public import BinKind

AREA = {"type": "Polygon", "coordinates": [[[127, 37], [128, 37], [128, 38], [127, 37]]]}
FEATURES = json.dumps({"features": [{"geometry": AREA}]}).encode()


@pytest.mark.parametrize(
    ("library", "content"),
    [
        ("pyproj", b"x,y\n953892,1952009\n"),
        ("shapely", FEATURES),
        ("osmium", b"\0\0\0\x0d\n\tOSMHeader"),
    ],
)
def test_who_needs_one_is_told(library: str, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(BinsExtraMissing) as refused:
        list(importing.read_rows(io.BytesIO(content), ImportDefaults("file")))
    assert refused.value.data == {"library": library}


def test_plain_tables_need_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("pyproj", "shapely", "osmium"):
        monkeypatch.setitem(sys.modules, library, None)
    rows = importing.read_rows(io.BytesIO(b"lat,lng\n37.5,127\n"), ImportDefaults("file", BinKind.PET))
    assert len(list(rows)) == 1
