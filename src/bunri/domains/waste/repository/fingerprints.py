"""Statements about what was seen in photos, by their exact and perceptual hashes."""

from datetime import timedelta
from typing import Any, Protocol

from asyncpg import BitString
from sqlalchemy import Text, cast, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql

from bunri.domains.waste.models import BandRow, FingerprintRow
from bunri.platform.db import Repository


class PhotoHashes(Protocol):
    """The hashes of a photo."""

    @property
    def sha256(self) -> bytes: ...
    @property
    def phash(self) -> bytes: ...


class FingerprintRepository(Repository):
    async def seen_exactly(self, sha256: bytes, model_versions: str) -> dict[str, Any] | None:
        """What these models saw in these bytes before."""
        statement = select(FingerprintRow.vision).where(
            FingerprintRow.sha256 == sha256, FingerprintRow.model_versions == model_versions
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def seen_nearly(
        self, phash: bytes, model_versions: str, signature: tuple[str, ...], most_bits: int
    ) -> dict[str, Any] | None:
        """What these models saw in the nearest picture whose pHash differs in at most ``most_bits`` ≤ 15 bits, and of
        which our own models had the same scene signature."""
        found = await self._session.execute(
            text(
                """
                select f.sight
                from (
                    select distinct fingerprint_id, bit_count(phash # cast(cast(:bits as text) as bit(256))) as distance
                    from waste.bands
                    where band = any(:bands) and bit_count(phash # cast(cast(:bits as text) as bit(256))) <= :most
                ) b
                join waste.fingerprints f on f.id = b.fingerprint_id
                where f.eyes = :versions and f.own = :signature
                order by b.distance limit 1
                """
            ),
            {
                "bits": _bits(phash),
                "bands": bands_of(phash),
                "versions": model_versions,
                "signature": list(signature),
                "most": most_bits,
            },
        )
        return found.scalar_one_or_none()

    async def phash_of(self, sha256: bytes) -> bytes | None:
        """Of a photo that was seen: 32 bytes."""
        found = select(cast(FingerprintRow.phash, Text)).where(FingerprintRow.sha256 == sha256).limit(1)
        bits = (await self._session.execute(found)).scalar_one_or_none()
        return None if bits is None else int(bits, 2).to_bytes(32, "big")

    async def remember(
        self,
        photo: PhotoHashes,
        model_versions: str,
        signature: tuple[str, ...],
        vision: dict[str, Any],
    ) -> None:
        """Stores a vision result; a photo that is known already stays as it is."""
        bits = BitString.frombytes(photo.phash, 256)
        statement = (
            postgresql.insert(FingerprintRow)
            .values(
                sha256=photo.sha256,
                phash=bits,
                model_versions=model_versions,
                signature=list(signature),
                vision=vision,
                created_at=func.now(),
            )
            .on_conflict_do_nothing()
            .returning(FingerprintRow.id)
        )
        made = (await self._session.execute(statement)).scalar_one_or_none()
        if made is not None:
            bands = [{"band": band, "fingerprint_id": made, "phash": bits} for band in bands_of(photo.phash)]
            await self._session.execute(insert(BandRow).values(bands))

    async def forget_fingerprints(self, age: timedelta) -> None:
        """Those that are older than ``age``."""
        await self._session.execute(delete(FingerprintRow).where(FingerprintRow.created_at < func.now() - age))


def bands_of(phash: bytes) -> list[int]:
    """The sixteen band values of a 32-byte hash: ``j << 16 | bits``."""
    return [j << 16 | int.from_bytes(phash[2 * j : 2 * j + 2], "big") for j in range(16)]


def _bits(phash: bytes) -> str:
    return f"{int.from_bytes(phash, 'big'):0256b}"
