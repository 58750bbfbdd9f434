"""What somebody says about reminders, and which ones were made."""

from datetime import date
from typing import Any

from sqlalchemy import select
from tests.conftest import Sessions

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.learning.models import ReminderRow, mails
from bunri.domains.learning.service.learners import Learners
from bunri.domains.users.public import ProfileChanged
from bunri.domains.users.schemas import MeIn
from bunri.domains.users.service.profiles import Profiles


async def profile(container: InlineContainer, who: Caller, **said: Any) -> None:
    await container.get(Profiles).change(who, MeIn(**said))
    await container.get(Learners).profile_changed(ProfileChanged(owner=who.id))


async def mails_to(session_of: Sessions, who: Caller) -> list[dict[str, Any]]:
    async with session_of("learning") as session:
        found = await session.execute(
            select(mails.c.data).where(mails.c.data["person"].astext == who.id).order_by(mails.c.id)
        )
        return [dict(row.data) for row in found]


async def days_of(session_of: Sessions, who: Caller) -> list[date]:
    async with session_of("learning") as session:
        statement = select(ReminderRow.day).where(ReminderRow.person == who.id).order_by(ReminderRow.day)
        return list(await session.scalars(statement))
