"""What waste does when something has happened, and from time to time."""

from bunri.domains.recycling.public import Explained
from bunri.domains.waste.public import Uploaded
from bunri.domains.waste.service.completion import Completion
from bunri.domains.waste.service.recovery import Recovery
from bunri.domains.waste.service.retention import Retention
from bunri.platform.queue import Handler, handler, scheduled

DEFAULT = (
    handler("waste.finish", on=Explained, service=Completion, call=Completion.complete),
    scheduled("waste.sweep", service=Recovery, call=Recovery.recover),
    scheduled("waste.expire", service=Retention, call=Retention.expire),
)
"""Quick work that must not wait behind photos."""


def vision() -> tuple[Handler, ...]:
    """Only a worker that looks at photos loads the models, and what compares features."""
    from bunri.domains.waste.service.field_learning import FieldLearning
    from bunri.domains.waste.service.vision_stage import VisionStage

    return (
        handler("waste.see", on=Uploaded, service=VisionStage, call=VisionStage.run),
        scheduled("waste.learn", service=FieldLearning, call=FieldLearning.learn_if_due),
    )
