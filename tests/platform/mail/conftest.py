"""A domain that sends mails, on the database of the tests."""

import pytest
from sqlalchemy import text
from tests.app.toy import invites_module
from tests.app.toy.invites.repository import InvitesRepository
from tests.support.cluster import Cluster
from tests.support.smtp import Inbox

from bunri.app.registry import MODULES, Registry
from bunri.app.settings import Settings
from bunri.platform.db import Database, Transaction


@pytest.fixture
async def transaction(cluster: Cluster, settings: Settings, database: Database) -> Transaction[InvitesRepository]:
    """Transactions of invites, whose tables are empty."""
    await cluster.migrate(settings, Registry((*MODULES, invites_module.MODULE)))
    opened = database.transactions("invites", InvitesRepository)
    async with database.transaction("invites") as session:
        await session.execute(text("delete from invites.mails"))
        await session.execute(text("delete from invites.outbox"))
    return opened


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()
