"""What the other domains may know of waste."""

from uuid import UUID

from bunri.kit.events import Event


class Uploaded(Event):
    """A photo is there and can be looked at."""

    topic = "waste.uploaded"
    job_id: UUID


class AnalysisDone(Event):
    """A photo has been answered, or asked about. Told once for each analysis, not for later answers."""

    topic = "waste.analysis_done"
    job_id: UUID
    owner: str
    item: str
    asked: bool
