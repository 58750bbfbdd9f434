"""asyncpg's connection, which begins a transaction and takes a domain's role in one round trip."""

from typing import Any

import asyncpg

from bunri.platform.db.address import role_of

_BEGIN = "BEGIN"


class RoleConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """``schema``: whose role its transactions have from now on; None: the login role's own, which may do nothing."""

    schema: str | None = None

    async def execute(self, query: str, *args: Any, **more: Any) -> str:
        """As asyncpg's. Names of schemas are our own, so they are safe to write into SQL."""
        if self.schema is None or not query.startswith(_BEGIN):
            done: str = await super().execute(query, *args, **more)
            return done
        try:
            done = await super().execute(f"{query} SET LOCAL ROLE {role_of(self.schema)};", *args, **more)
        except BaseException:
            self.terminate()  # half begun: nobody may find it in the pool as it is
            raise
        return done
