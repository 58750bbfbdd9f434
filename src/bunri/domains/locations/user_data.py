"""What locations keeps of a person: the last vote on each bin."""

from bunri.domains.locations.repository import LocationsRepository
from bunri.kit.clock import Clock
from bunri.kit.user_data import PersonalData
from bunri.platform.db import Transaction


class LocationsUserData:
    """Implements ``kit.user_data.UserData``."""

    def __init__(self, transaction: Transaction[LocationsRepository], clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    async def export(self, owner: str) -> PersonalData:
        async with self._transaction() as repository:
            votes = await repository.votes_of(owner)
        return PersonalData(
            {
                "votes": [
                    {"bin_id": str(each.bin_id), "vote": each.vote, "cast_at": each.cast_at.isoformat()}
                    for each in votes
                ]
            }
        )

    async def erase(self, owner: str) -> None:
        """What the votes have shown stays as it is: a bin does not come back because somebody left."""
        async with self._transaction() as repository:
            await repository.remove_votes_of(owner)

    async def upgrade(self, old: str, new: str) -> None:
        """Where both have voted, the later word counts."""
        async with self._transaction() as repository:
            await repository.hand_over_votes(old, new)
