"""The field bank in the memory of who looks at photos: loaded with the first photo that has features, and again when
the version that is heard changes or people take samples back."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bunri.domains.waste.field_bank.bank import KNOWN, ConfirmedPhoto, FieldBank
from bunri.domains.waste.field_bank.calibration import Worth
from bunri.domains.waste.field_bank.opinion import judge
from bunri.domains.waste.fusion.field import FieldOpinion
from bunri.domains.waste.records import ConfirmedRow
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.settings import WasteSettings
from bunri.kit.clock import Clock
from bunri.kit.materials import Material
from bunri.platform.db import Transaction
from bunri.platform.vision.protocol import VisionResult

log = structlog.get_logger(__name__)

LOOKED_AFTER: Final = timedelta(minutes=1)
"""How long a version, or a sample that was taken back, may still be heard."""


@dataclass(frozen=True, slots=True)
class HeardBank:
    """A version in memory. ``photos``: in the database, of which a bank takes the newest."""

    network: str
    number: int
    photos: int
    bank: FieldBank
    worth: Worth

    @property
    def version(self) -> str:
        """As the versions of models are named. What was taken back changes it."""
        return f"confirmed@{self.number}.{self.photos}"

    def opinion(self, result: VisionResult) -> FieldOpinion | None:
        """None where the picture has no features of the bank's network."""
        features = result.features.get(self.network)
        return judge(self.bank, self.worth, features) if features else None


class FieldMemory:
    def __init__(
        self, transaction: Transaction[WasteRepository], network: str | None, settings: WasteSettings, clock: Clock
    ) -> None:
        """``network``: whose features new photos have; rows of others are not heard. None: nothing is."""
        self._transaction = transaction
        self._network = network if settings.field_learning else None
        self._clock = clock
        self._heard: HeardBank | None = None
        self._looked_at: datetime | None = None

    async def heard(self) -> HeardBank | None:
        """The version that is heard now; None when there is none."""
        now = self._clock()
        if self._network is None or (self._looked_at and now - self._looked_at < LOOKED_AFTER):
            return self._heard
        self._heard = await self._loaded(self._network)
        self._looked_at = now
        return self._heard

    async def _loaded(self, network: str) -> HeardBank | None:
        async with self._transaction() as repository:
            version = await repository.field_version(network)
            photos = await repository.count_confirmed(network, version.until) if version else 0
            if version is None or version.worth is None or not photos:
                return None
            known = self._heard
            if known and (known.number, known.photos) == (version.number, photos):
                return known
            rows = await repository.confirmed(network, version.until)
        bank = await asyncio.to_thread(bank_of, rows)
        if bank is None:
            return None
        log.info("field.loaded", version=version.number, photos=photos)
        return HeardBank(network, version.number, photos, bank, Worth.model_validate(version.worth))


def bank_of(rows: Sequence[ConfirmedRow]) -> FieldBank | None:
    """Of rows of one network, newest first; None without any."""
    photos = [
        ConfirmedPhoto(
            photo=row.job_id,
            person=row.contributor,
            material=Material(row.material),
            item=row.item,
            features=row.features,
            first=_shares(row.opinions, "first"),
            second=_shares(row.opinions, "second"),
        )
        for row in rows
        if row.material in KNOWN
    ]
    return FieldBank(photos) if photos else None


def _shares(opinions: dict[str, dict[str, float]], which: str) -> dict[Material, float]:
    return {Material(material): share for material, share in opinions.get(which, {}).items()}
