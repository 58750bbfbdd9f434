"""All items of a region in one document, as apps store it to answer without a network."""

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from bunri.domains.recycling.schemas import ItemList

_MOST: Final = 32
"""Documents kept in memory, of about 70 kB each."""


@dataclass(frozen=True, slots=True)
class PackedItems:
    """``packed`` is the JSON of an ItemList, by gzip; ``etag`` is of its content, in quotation marks."""

    packed: bytes
    etag: str

    def plain(self) -> bytes:
        return gzip.decompress(self.packed)


class PackedItemsCache:
    """Documents by key, made at the first question for each; those asked for longest ago go first."""

    def __init__(self) -> None:
        self._made: OrderedDict[Hashable, PackedItems] = OrderedDict()

    async def get(self, key: Hashable, make: Callable[[], ItemList]) -> PackedItems:
        if key not in self._made:
            self._made[key] = await asyncio.to_thread(lambda: _pack(make()))
        self._made.move_to_end(key)
        found = self._made[key]
        while len(self._made) > _MOST:
            self._made.popitem(last=False)
        return found


def _pack(items: ItemList) -> PackedItems:
    written = items.model_dump_json().encode()
    return PackedItems(gzip.compress(written, 9, mtime=0), f'"{hashlib.sha256(written).hexdigest()[:16]}"')
