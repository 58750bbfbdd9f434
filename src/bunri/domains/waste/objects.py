"""Where a job's objects lie in the store."""

from uuid import UUID


def upload_key(job_id: UUID) -> str:
    """The photo as it was sent: until it has been looked at."""
    return f"uploads/{job_id}"


def kept_key(sha256: bytes) -> str:
    """The picture we keep: small, re-encoded, without EXIF. The same photo twice is one picture."""
    return f"kept/{sha256.hex()}.webp"


def example_key(job_id: UUID) -> str:
    """The copy of the kept picture for a job's examples. No age ends it: it goes with the last of them."""
    return f"examples/{job_id}.webp"
