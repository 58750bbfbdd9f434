"""Between the rows of jobs and what the repository gives and takes."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row

from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.models import JobRow
from bunri.domains.waste.records import Failure, Job
from bunri.domains.waste.schemas import Result
from bunri.domains.waste.states import State

JOB_COLUMNS: Final = (
    JobRow.id,
    JobRow.owner,
    JobRow.state,
    JobRow.language,
    JobRow.content_type,
    JobRow.size,
    JobRow.sha256,
    JobRow.note,
    JobRow.tags,
    JobRow.region,
    JobRow.attempt,
    JobRow.crashes,
    JobRow.revision,
    JobRow.lease_until,
    JobRow.items,
    JobRow.cached,
    JobRow.model_versions.label("model_versions"),
    JobRow.models,
    JobRow.result,
    JobRow.failure,
    JobRow.has_thumbnail.label("has_thumbnail"),
    JobRow.created_at,
    JobRow.ended_at,
)


def job_of(row: Row[Any]) -> Job:
    values = dict(row._mapping)
    values["state"] = State(row.state)
    values["language"] = "en" if row.language == "en" else "ko"
    values["tags"] = tuple(row.tags)
    values["items"] = None if row.items is None else tuple(SeenItem.model_validate(item) for item in row.items)
    values["models"] = row.models or {}
    values["result"] = None if row.result is None else Result.model_validate(row.result)
    values["failure"] = None if row.failure is None else Failure(**row.failure)
    return Job(**values)


def values_of_new(job: Job) -> dict[str, Any]:
    """The columns of a new job: it has neither items nor a result yet."""
    return {
        "id": job.id,
        "owner": job.owner,
        "state": job.state,
        "language": job.language,
        "content_type": job.content_type,
        "size": job.size,
        "sha256": job.sha256,
        "tags": list(job.tags),
        "attempt": job.attempt,
        "crashes": job.crashes,
        "revision": job.revision,
        "kept": job.has_thumbnail,
    }


def items_json(items: Sequence[SeenItem] | None) -> list[dict[str, Any]] | None:
    return None if items is None else [item.model_dump(mode="json") for item in items]


def result_json(result: Result | None) -> dict[str, Any] | None:
    """Without the bins: their distances would tell where the person stood."""
    return None if result is None else result.model_dump(mode="json", exclude={"nearby_bins"})
