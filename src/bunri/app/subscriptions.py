"""Who is told of what, on which queue, and what beat starts when. Light to import: beat and the API need no more."""

from typing import Final, NamedTuple

from bunri.app.targets import QUEUES
from bunri.domains.recycling.public import Explained, ExplainRequested
from bunri.domains.waste.public import AnalysisDone, Uploaded
from bunri.platform.queue import Route, Routes

ROUTES: Final[Routes] = {
    Uploaded.topic: (Route("waste.see", "waste"),),
    ExplainRequested.topic: (Route("recycling.explain", "recycling"),),
    Explained.topic: (Route("waste.finish", "default"),),
    AnalysisDone.topic: (),  # learning and chat will want to know
}


class Timed(NamedTuple):
    """A task that beat starts every so many seconds."""

    route: Route
    every: float


SCHEDULE: Final = (
    Timed(Route("waste.sweep", "default"), 5),
    Timed(Route("waste.expire", "default"), 600),
    *(Timed(Route(f"canary.{queue}", queue), 10) for queue in QUEUES),
)
"""The canaries prove that each queue is really worked on (facts.md, "Celery 5.7")."""
