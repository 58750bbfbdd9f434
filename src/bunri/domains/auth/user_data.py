"""What auth keeps of a person: a name, and the sessions."""

from typing import Any

from bunri.domains.auth.service import AuthService


class AuthUserData:
    """Implements ``app.module.UserData``."""

    def __init__(self, auth: AuthService) -> None:
        self._auth = auth

    async def export(self, owner: str) -> dict[str, Any]:
        return await self._auth.export(owner)

    async def erase(self, owner: str) -> None:
        await self._auth.erase(owner)

    async def upgrade(self, old: str, new: str) -> None:
        """Nothing is handed over: the account has a name and sessions of its own."""
