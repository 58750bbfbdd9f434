"""What somebody wants of their learning."""

from typing import Final

from bunri.domains.auth.public import Caller
from bunri.domains.learning.preferences import PreferencesChange, PreferencesOut
from bunri.domains.learning.records import Learner
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.service.learners import Learners
from bunri.platform.db import Transaction

_SHOWN: Final = PreferencesOut.model_fields.keys() - {"own_parameters"}


class Preferences:
    """Nothing that was scheduled moves when they change: each card follows at its next review."""

    def __init__(self, transaction: Transaction[LearningRepository], learners: Learners) -> None:
        self._transaction = transaction
        self._learners = learners

    async def of(self, caller: Caller) -> PreferencesOut:
        return _shown(await self._learners.get(caller.id))

    async def change(self, caller: Caller, said: PreferencesChange) -> PreferencesOut:
        await self._learners.get(caller.id)  # who comes for the first time begins
        if changes := said.changes:
            async with self._transaction() as repository:
                await repository.lock_person(caller.id)
                await repository.change_learner(caller.id, **changes)
        return await self.of(caller)


def _shown(learner: Learner) -> PreferencesOut:
    values = {name: getattr(learner, name) for name in _SHOWN}
    return PreferencesOut(**values, own_parameters=learner.parameters is not None)
