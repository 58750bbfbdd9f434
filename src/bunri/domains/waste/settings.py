"""Limits and times of an analysis."""

from datetime import time, timedelta

from pydantic import BaseModel, Field


class WasteSettings(BaseModel):
    max_photo_mb: int = Field(20, ge=1, le=100, description="Largest photo taken, MiB.")
    max_photo_megapixels: int = Field(52, ge=1, le=400, description="Largest photo decoded.")
    max_open_photos: int = Field(
        20, ge=1, le=10_000, description="Photos that one person may have waiting, those announced among them."
    )
    max_open_mb: int = Field(200, ge=1, description="The same in MiB.")
    streams_per_person: int = Field(8, ge=1, description="Event streams of one person in one API process.")
    ticket_ttl: timedelta = Field(timedelta(minutes=5), description="How long an upload may take (COACH-2).")
    lease: timedelta = Field(timedelta(seconds=20), description="A worker silent for so long is taken for dead.")
    explain_lease: timedelta = Field(timedelta(seconds=90), description="The same while the advice is being written.")
    queue_patience: timedelta = Field(
        timedelta(seconds=60), description="When a waiting photo's message is looked for."
    )
    max_crashes: int = Field(3, ge=1, description="How many workers one photo may kill.")
    give_up_after: timedelta = Field(timedelta(minutes=45), description="No job runs longer than this.")
    near_bits: int = Field(15, ge=0, le=15, description="pHashes of so few different bits are compared by pixels.")
    sure: float = Field(0.75, ge=0, le=1, description="Confidence from which we do not ask.")
    field_learning: bool = Field(
        True,
        description="Whether photos that people here confirmed, with consent, are evidence for others.",
    )
    field_learning_at: time = Field(
        time(18, 0), description="When their next version is made, in UTC: 18:00 is three at night in Korea."
    )
    keep_days: int = Field(30, ge=1, description="Days until a photo and its analysis are forgotten (COACH-9).")

    @property
    def photo_age(self) -> timedelta:
        """The age at which thumbnails, jobs and fingerprints are forgotten."""
        return timedelta(days=self.keep_days)

    @property
    def upload_age(self) -> timedelta:
        """The age at which no job wants its upload any more: it came after its job was made, and within its ticket."""
        return max(self.give_up_after, self.ticket_ttl)
