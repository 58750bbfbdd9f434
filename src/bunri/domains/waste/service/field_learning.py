"""Learning in the field: at night the next version of the bank is made of what people confirmed, and taken or refused.

A version holds no samples. It says until when they were said and what they are worth, so that what is taken back is
gone from every version at once, and the way back to the version before is a word in a row.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import structlog

from bunri.domains.waste.field_bank.calibration import Worth, calibrate
from bunri.domains.waste.field_bank.validation import Validation
from bunri.domains.waste.metrics import FIELD_PHOTOS, FIELD_VERSIONS
from bunri.domains.waste.records import ConfirmedRow, FieldVersion
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.service.field_memory import bank_of
from bunri.domains.waste.settings import WasteSettings
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

log = structlog.get_logger(__name__)

VERSIONS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class FieldStatus:
    """What there is to learn from, and what became of it."""

    network: str
    """Whose features count now."""
    heard: FieldVersion | None
    photos: int
    """That would be in the next version."""
    other_networks: int
    """Rows of networks that were replaced; they are not heard."""
    versions: list[FieldVersion]
    """The newest first."""


class FieldLearning:
    def __init__(
        self, transaction: Transaction[WasteRepository], validation: Validation, settings: WasteSettings, clock: Clock
    ) -> None:
        """``validation``: what each version is held to; its network is the one whose rows count."""
        self._transaction = transaction
        self._validation = validation
        self._settings = settings
        self._clock = clock

    async def learn_if_due(self) -> None:
        """Once a night, whoever asks how often, and only where something is new."""
        if not self._settings.field_learning:
            return
        async with self._transaction() as repository:
            newest = await repository.field_versions(1)
        if is_due(self._clock(), newest[0].created_at if newest else None, self._settings.field_learning_at):
            await self.learn()

    async def learn(self) -> FieldVersion | None:
        """The next version, taken or refused; None when nothing has changed since the one that is heard."""
        network, now = self._validation.network, self._clock()
        async with self._transaction() as repository:
            heard = await repository.field_version(network)
            rows = await repository.confirmed(network, now)
        FIELD_PHOTOS.set(len(rows))
        if not rows or (heard and len(rows) == heard.photos and rows[0].created_at <= heard.until):
            return None
        found = await asyncio.to_thread(lambda: calibrate(bank_of(rows), self._validation))
        worth = found.model_dump() if isinstance(found, Worth) else None
        values = {
            "network": network,
            "state": "taken" if worth else "refused",
            "reason": None if isinstance(found, Worth) else found,
            "since": heard.until if heard else None,
            "until": now,
            "photos": len(rows),
            "worth": worth,
            "created_at": now,
        }
        async with self._transaction() as repository:
            version = await repository.add_field_version(values)
        FIELD_VERSIONS.labels(version.state).inc()
        log.info("field.learned", version=version.number, state=version.state, reason=version.reason, worth=worth)
        return version

    async def roll_back(self) -> FieldVersion | None:
        """The version that is heard is not heard any more, nor in any later one what came with it; the one before is.
        Returns the former; None when there is none."""
        async with self._transaction() as repository:
            version = await repository.roll_back_field(self._validation.network)
        if version:
            FIELD_VERSIONS.labels("rolled_back").inc()
            log.warning("field.rolled_back", version=version.number)
        return version

    async def status(self) -> FieldStatus:
        network = self._validation.network
        async with self._transaction() as repository:
            networks = await repository.field_networks()
            return FieldStatus(
                network,
                await repository.field_version(network),
                await repository.count_confirmed(network, self._clock()),
                sum(count for name, count in networks.items() if name != network),
                await repository.field_versions(VERSIONS_SHOWN),
            )

    async def confirmed(self) -> list[ConfirmedRow]:
        """What is heard now, newest first."""
        async with self._transaction() as repository:
            heard = await repository.field_version(self._validation.network)
            return await repository.confirmed(heard.network, heard.until) if heard else []


def is_due(now: datetime, newest: datetime | None, at: time) -> bool:
    """Whether no version was made since the last time that the clock was at ``at``, in UTC."""
    today = datetime.combine(now.astimezone(UTC).date(), at.replace(tzinfo=UTC))
    return newest is None or newest < (today if today <= now else today - timedelta(days=1))
