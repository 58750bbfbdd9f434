"""What recycling keeps of a person: that they said when their building's waste is collected."""

from bunri.domains.recycling.repository import RecyclingRepository
from bunri.kit.user_data import PersonalData
from bunri.platform.db import Transaction


class RecyclingUserData:
    """Implements ``kit.user_data.UserData``."""

    def __init__(self, transaction: Transaction[RecyclingRepository]) -> None:
        self._transaction = transaction

    async def export(self, owner: str) -> PersonalData:
        async with self._transaction() as repository:
            said = await repository.collection_days_said_by(owner)
        if not said:
            return PersonalData({})
        days = [
            {
                "region": each.region,
                "building": each.building,
                "material": each.material,
                "weekday": each.weekday,
                "said_at": each.changed_at.isoformat(),
            }
            for each in said
        ]
        return PersonalData({"collection_days": days})

    async def erase(self, owner: str) -> None:
        """The days stay for the others in the building, without who said them."""
        async with self._transaction() as repository:
            await repository.hand_over_collection_days(owner, None)

    async def upgrade(self, old: str, new: str) -> None:
        async with self._transaction() as repository:
            await repository.hand_over_collection_days(old, new)
