"""Settings of learning: ``BUNRI_LEARNING__*``."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from bunri.platform.photos.limits import PhotoLimits


class LearningSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    most_decks: int = Field(200, ge=1, description="Decks that one person may own.")
    most_cards: int = Field(20_000, ge=1, description="Cards of one deck.")

    # ── pictures, and cards brought along ─────────────────────────────────────────────────────────────────────────

    max_picture_mb: int = Field(10, ge=1, le=30, description="Largest picture of a card taken, MiB.")
    max_picture_megapixels: int = Field(52, ge=1, le=400, description="Largest picture of a card decoded.")
    deck_media_mb: int = Field(200, ge=1, description="Pictures of one deck together, MiB.")
    person_media_mb: int = Field(1000, ge=1, description="Pictures that one person has put into decks, MiB.")
    unused_ttl: timedelta = Field(timedelta(days=1), description="A picture that no card shows is kept so long.")
    max_import_mb: int = Field(200, ge=1, le=1000, description="Largest file of cards taken, MiB.")
    most_open_imports: int = Field(3, ge=1, description="Imports of one person that have not ended.")
    import_upload_ttl: timedelta = Field(timedelta(hours=1), description="How long a file of cards may be sent.")
    import_lease: timedelta = Field(timedelta(minutes=2), description="A worker that is silent so long is dead.")
    import_patience: timedelta = Field(timedelta(days=1), description="What came to no end by then has failed.")
    import_ttl: timedelta = Field(timedelta(days=30), description="How long the report of an import is kept.")
    export_ttl: timedelta = Field(timedelta(hours=24), description="How long a deck made into a file can be fetched.")

    @property
    def picture(self) -> PhotoLimits:
        most = self.max_picture_megapixels * 10**6
        return PhotoLimits(max_bytes=self.max_picture_mb * 2**20, max_pixels=most, max_frames=1000, gif=True)
