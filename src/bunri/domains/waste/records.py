"""What the repository gives and takes: frozen values, typed where the database knows JSON."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.public import SaidBy
from bunri.domains.waste.schemas import Result
from bunri.domains.waste.states import State
from bunri.kit.ids import new_id
from bunri.kit.languages import Language

FIELD_ROLE: Final = "field"
"""Of the bank of confirmed photos among the models that took part in an answer."""
CorrectionKind = Literal["answer", "correct", "confirm"]
"""An answer to a question, a correction, or that the result is right."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job failed: a stable code and the data of its sentence."""

    code: str
    data: dict[str, Any]
    retryable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One analysis. The row is the truth; Valkey only caches its status for polling."""

    id: UUID
    owner: str
    state: State
    language: Language
    content_type: str
    size: int
    """Bytes of the photo, as announced."""
    sha256: bytes | None
    """Of the photo: as announced, later as computed."""
    note: str | None = None
    tags: tuple[str, ...] = ()
    region: str | None = None
    attempt: int = 0
    """How often a worker has claimed it. What an older attempt writes is refused."""
    crashes: int = 0
    """How many workers have died over it."""
    revision: int = 0
    """How often its answer was changed by feedback."""
    lease_until: datetime | None
    """Until then, by the database's clock, whoever works on it is taken to be alive."""
    items: tuple[SeenItem, ...] | None = None
    cached: str | None = None
    """``exact`` or ``near`` when another photo's vision result was used."""
    model_versions: str | None = None
    """The versions of all models that took part (result.model_versions_of); None when some of them did not."""
    models: dict[str, str] = field(default_factory=dict)
    result: Result | None = None
    """Without the nearby bins, which are never written to the database."""
    failure: Failure | None = None
    has_thumbnail: bool = False
    created_at: datetime
    ended_at: datetime | None = None

    @classmethod
    def created(
        cls,
        *,
        owner: str,
        language: Language,
        content_type: str,
        size: int,
        sha256: bytes | None,
        now: datetime,
    ) -> "Job":
        """A new job, as yet without a lease: how long it waits for its photo, the database says when it gets it."""
        return cls(
            id=new_id(),
            owner=owner,
            state=State.CREATED,
            language=language,
            content_type=content_type,
            size=size,
            sha256=sha256,
            lease_until=None,
            created_at=now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person said an item really is."""

    id: UUID
    job_id: UUID
    position: int
    kind: CorrectionKind
    was: str | None
    user_input: str
    said_by: SaidBy = "owner"
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSample:
    """What an item of a photo is, by the last statement of a person who consented to training with the picture.

    It outlives its job; the picture is ``objects.sample_key(job_id)``. Consent can be withdrawn, with the job or long
    after it, so a sample must be found by its contributor without naming them: ``contributor`` is an HMAC-SHA256 of the
    owner's id, and nothing else here leads to a person. No words that were typed, no position, no district.
    """

    job_id: UUID
    position: int
    contributor: bytes
    kind: str
    box: list[float] | None
    item: str | None
    material: str
    form: str | None
    tags: list[str]
    seen: dict[str, Any] | None
    """``label``, ``confidence`` and ``candidates`` of the models; None where a person's statement had replaced them."""
    models: dict[str, str]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPhoto:
    """The features of a sample's photo for one network, and what our own models said of it."""

    network: str
    """As in VisionResult.features."""
    features: bytes
    opinions: dict[str, dict[str, float]]
    """``first``: probabilities by material of the material model; ``second``: those of the second opinion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedRow:
    """A field photo with what its sample says."""

    job_id: UUID
    contributor: bytes
    item: str | None
    material: str
    features: bytes
    opinions: dict[str, dict[str, float]]
    created_at: datetime
    """When it was said."""


FieldState = Literal["taken", "refused", "rolled_back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldVersion:
    """A version of the field bank: the samples said until ``until``, but those that came with a version that was
    rolled back. The newest that was taken is heard."""

    number: int
    network: str
    state: FieldState
    reason: str | None
    """Why it was refused."""
    since: datetime | None
    """``until`` of the version that was heard when this one was made."""
    until: datetime
    photos: int
    """In it when it was made."""
    worth: dict[str, Any] | None
    """``field_bank.calibration.Worth``; None where it was refused."""
    created_at: datetime


class OpenBound(NamedTuple):
    """How much one person may have open (states.OPEN)."""

    jobs: int
    size: int
    """Bytes of their photos, as announced."""


class JobObjects(NamedTuple):
    """As much of a job as it takes to remove its objects from the store."""

    id: UUID
    sha256: bytes | None
