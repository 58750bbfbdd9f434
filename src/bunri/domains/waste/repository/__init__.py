"""Every SQL statement of waste, by what it is about. What they return are frozen values; ORM rows stay inside."""

from bunri.domains.waste.models import outbox
from bunri.domains.waste.repository.corrections import CorrectionRepository
from bunri.domains.waste.repository.field import FieldRepository
from bunri.domains.waste.repository.fingerprints import FingerprintRepository
from bunri.domains.waste.repository.jobs import JobRepository
from bunri.domains.waste.repository.training_samples import TrainingSampleRepository


class WasteRepository(
    JobRepository, CorrectionRepository, TrainingSampleRepository, FieldRepository, FingerprintRepository
):
    """All of them in one transaction."""

    outbox = outbox
