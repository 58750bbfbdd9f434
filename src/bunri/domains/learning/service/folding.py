"""What somebody remembers of a card, by the log alone."""

from uuid import UUID

from bunri.domains.learning.records import Learner
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import Memory, replay


async def folded(repository: LearningRepository, learner: Learner, card_id: UUID) -> Memory:
    log = await repository.log_of(learner.person, card_id)
    return replay((review.entry for review in log), card_id, learner.scheduling)
