"""Keys of a job's objects in the store."""

from typing import Final
from uuid import UUID

UPLOADS: Final = "uploads/"
THUMBNAILS: Final = "kept/"
SAMPLES: Final = "examples/"


def upload_key(job_id: UUID) -> str:
    """The photo as it was sent: until the models have seen it."""
    return f"{UPLOADS}{job_id}"


def thumbnail_key(sha256: bytes) -> str:
    """The picture we store: small, re-encoded, without EXIF. The same photo twice has one thumbnail."""
    return f"{THUMBNAILS}{sha256.hex()}.webp"


def sample_key(job_id: UUID) -> str:
    """The copy of the thumbnail for a job's training samples. It does not expire: it is removed with the last of
    them."""
    return f"{SAMPLES}{job_id}.webp"
