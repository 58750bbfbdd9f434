"""The status document of a job, as every poll, stream and push gets it."""

from bunri.domains.waste.records import Job
from bunri.domains.waste.schemas import Status
from bunri.domains.waste.states import FIRST_STAGE, Stage
from bunri.kit.languages import text
from bunri.kit.sentences import sentence_of


def status_of(job: Job, stage: Stage | None = None) -> Status:
    """The status of ``job`` without its result; the row alone knows the stage only roughly."""
    stage = stage or FIRST_STAGE[job.state]
    status = Status(
        job_id=job.id,
        status=job.state,
        progress=stage.progress,
        stage=stage,
        message=text(f"waste.stage.{stage}", job.language),
    )
    if job.failure:
        status.code = job.failure.code
        status.retryable = job.failure.retryable
        status.message = sentence_of((job.failure.code,), job.failure.data, job.language)
    return status


def document_of(status: Status) -> bytes:
    """The status document of the contract: what does not apply is left out, and the result, when there is one, is last
    and whole."""
    absent = {name for name in ("code", "retryable", "result") if getattr(status, name) is None}
    return status.model_dump_json(exclude=absent).encode()
