"""A whole house in one process, without a broker: what the commands of a terminal use."""

from typing import Final

from bunri.app import rooms
from bunri.app.house import House
from bunri.app.settings import Settings
from bunri.app.subscriptions import ROUTES
from bunri.app.targets import QUEUES
from bunri.app.worker import furnish
from bunri.platform.queue import InlinePublisher

OWNER: Final = "terminal"
"""Whose jobs the terminal's are: no token can name this owner."""


class InlineHouse(House):
    """Every room; what is published is done when ``work`` is called."""

    def __init__(self, settings: Settings) -> None:
        self.inline = InlinePublisher(ROUTES)
        super().__init__(settings, self.inline)
        for room in (rooms.recycling, rooms.locations, rooms.waste):
            room(self)

    def open_workplace(self) -> None:
        """Adds the rooms that do the work: loads the eyes."""
        self._handlers = {each.name: each for each in furnish(self, QUEUES)}

    async def work(self) -> None:
        """Does everything that has been published, and everything that follows from it."""
        await self.inline.drain(self._handlers, self.services)
