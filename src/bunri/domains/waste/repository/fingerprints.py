"""Statements about what was seen in photos, by their exact and perceptual hashes and their landmarks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple, Protocol

from asyncpg import BitString
from sqlalchemy import Text, cast, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql

from bunri.domains.waste.models import BandRow, FingerprintRow, LandmarkRow
from bunri.platform.db import Repository

BANDS: Final = 16
MOST_COMPARED: Final = 3
"""Pictures that are compared with a new one."""
LEAST_SHARED: Final = 3
"""Landmarks that a picture must have in common with a new one to be compared with it."""


class KnownPhoto(NamedTuple):
    """A photo that was seen, and what was seen in it."""

    sha256: bytes
    vision: dict[str, Any]


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

    async def with_near_hash(self, phashes: Sequence[bytes], model_versions: str, most_bits: int) -> list[KnownPhoto]:
        """What these models saw in the pictures whose pHash differs from one of ``phashes`` in at most ``most_bits`` ≤
        15 bits, the nearest first, at most MOST_COMPARED."""
        found = await self._session.execute(
            text(
                """
                select f.sha256, f.sight
                from (
                    select fingerprint_id, min(bit_count(phash # asked.bits)) as distance
                    from (
                        select unnest(cast(:bands as integer[])) as band,
                            cast(unnest(cast(:bits as text[])) as bit(256)) as bits
                    ) asked
                    join waste.bands using (band)
                    where bit_count(phash # asked.bits) <= :most
                    group by 1
                ) b
                join waste.fingerprints f on f.id = b.fingerprint_id
                where f.eyes = :versions
                order by b.distance limit :compared
                """
            ),
            {
                "bands": [band for phash in phashes for band in bands_of(phash)],
                "bits": [_bits(phash) for phash in phashes for _ in range(BANDS)],
                "versions": model_versions,
                "most": most_bits,
                "compared": MOST_COMPARED,
            },
        )
        return [KnownPhoto(*row) for row in found]

    async def with_landmarks(self, numbers: Sequence[int], model_versions: str) -> list[KnownPhoto]:
        """What these models saw in the pictures of which at least LEAST_SHARED landmarks are among ``numbers``, those
        with the most first, at most MOST_COMPARED."""
        found = await self._session.execute(
            text(
                """
                select f.sha256, f.sight
                from (
                    select fingerprint_id, count(*) as shared
                    from waste.landmarks
                    where number = any(:numbers)
                    group by 1
                    having count(*) >= :least
                ) l
                join waste.fingerprints f on f.id = l.fingerprint_id
                where f.eyes = :versions
                order by l.shared desc limit :compared
                """
            ),
            {"numbers": numbers, "versions": model_versions, "least": LEAST_SHARED, "compared": MOST_COMPARED},
        )
        return [KnownPhoto(*row) for row in found]

    async def phash_of(self, sha256: bytes) -> bytes | None:
        """Of a photo that was seen: 32 bytes."""
        found = select(cast(FingerprintRow.phash, Text)).where(FingerprintRow.sha256 == sha256).limit(1)
        bits = (await self._session.execute(found)).scalar_one_or_none()
        return None if bits is None else int(bits, 2).to_bytes(32, "big")

    async def remember(
        self, photo: PhotoHashes, landmarks: Sequence[int], model_versions: str, vision: dict[str, Any]
    ) -> None:
        """Stores a vision result; a photo that is known already stays as it is."""
        bits = BitString.frombytes(photo.phash, 256)
        statement = (
            postgresql.insert(FingerprintRow)
            .values(
                sha256=photo.sha256,
                phash=bits,
                model_versions=model_versions,
                unused=[],
                vision=vision,
                created_at=func.now(),
            )
            .on_conflict_do_nothing()
            .returning(FingerprintRow.id)
        )
        made = (await self._session.execute(statement)).scalar_one_or_none()
        if made is None:
            return
        bands = [{"band": band, "fingerprint_id": made, "phash": bits} for band in bands_of(photo.phash)]
        await self._session.execute(insert(BandRow).values(bands))
        if landmarks:
            spots = [{"number": number, "fingerprint_id": made} for number in landmarks]
            await self._session.execute(insert(LandmarkRow).values(spots))

    async def forget_fingerprints(self, age: timedelta) -> None:
        """Those that are older than ``age``."""
        await self._session.execute(delete(FingerprintRow).where(FingerprintRow.created_at < func.now() - age))


def bands_of(phash: bytes) -> list[int]:
    """The sixteen band values of a 32-byte hash: ``j << 16 | bits``."""
    return [j << 16 | int.from_bytes(phash[2 * j : 2 * j + 2], "big") for j in range(BANDS)]


def _bits(phash: bytes) -> str:
    return f"{int.from_bytes(phash, 'big'):0256b}"
