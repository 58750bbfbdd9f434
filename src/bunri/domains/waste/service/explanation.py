"""The request for advice on the items of a job."""

from bunri.domains.recycling.public import ExplainRequested
from bunri.domains.waste.records import Job


def explanation_request(job: Job) -> ExplainRequested:
    """Carries the attempt's number, so that advice for an older attempt is ignored."""
    return ExplainRequested(
        reference=job.id,
        attempt=job.attempt,
        facts=tuple(item.facts() for item in job.items or ()),
        language=job.language,
        region=job.region,
    )
