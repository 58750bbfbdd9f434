"""New bins as the arrays that a statement takes many of them by."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ARRAY, Double, Text, bindparam

from bunri.domains.locations.importing.rows import NewBin

ARRAYS: Final = (
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("addresses", type_=ARRAY(Text)),
    bindparam("lats", type_=ARRAY(Double)),
    bindparam("lngs", type_=ARRAY(Double)),
)


def columns_of(new_bins: Sequence[NewBin]) -> dict[str, object]:
    return {
        "kinds": [new_bin.kind for new_bin in new_bins],
        "names": [new_bin.name for new_bin in new_bins],
        "addresses": [new_bin.address for new_bin in new_bins],
        "lats": [new_bin.lat for new_bin in new_bins],
        "lngs": [new_bin.lng for new_bin in new_bins],
        "sources": [new_bin.source for new_bin in new_bins],
        "other_addresses": [new_bin.other_address for new_bin in new_bins],
    }
