"""What the other domains may know of waste."""

from uuid import UUID

from bunri.kit.events import Event


class Uploaded(Event):
    """A photo is there and can be looked at."""

    topic = "waste.uploaded"
    job_id: UUID
