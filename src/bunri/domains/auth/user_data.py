"""What auth keeps of a person: a name, perhaps an address and a password, the sessions, and what happened to them."""

from bunri.domains.auth.service.upkeep import Upkeep
from bunri.kit.user_data import PersonalData


class AuthUserData:
    """Implements ``kit.user_data.UserData``."""

    def __init__(self, upkeep: Upkeep) -> None:
        self._upkeep = upkeep

    async def export(self, owner: str) -> PersonalData:
        return PersonalData(await self._upkeep.export(owner))

    async def erase(self, owner: str) -> None:
        await self._upkeep.erase(owner)

    async def upgrade(self, old: str, new: str) -> None:
        """Nothing is handed over: who signed in has a name and sessions already."""
