"""What waste does when something has happened, and from time to time."""

from bunri.domains.recycling.public import Explained
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.service.finishing import Finishing
from bunri.domains.waste.service.sweeping import Sweeping
from bunri.platform.queue import Handler, handler, scheduled

DEFAULT = (
    handler("waste.finish", on=Explained, service=Finishing, call=Finishing.finish),
    scheduled("waste.sweep", service=Sweeping, call=Sweeping.sweep),
    scheduled("waste.expire", service=Sweeping, call=Sweeping.expire),
)
"""Quick work that must not wait behind photos."""


def vision() -> tuple[Handler, ...]:
    """Looking at photos; only a worker that does so loads what it takes."""
    from bunri.domains.waste.service.seeing import Seeing

    return (handler("waste.see", on=Uploaded, service=Seeing, call=Seeing.see),)
