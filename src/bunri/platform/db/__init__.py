"""PostgreSQL: a schema and a role per domain, one transaction per unit of work, an outbox that leaves after commit."""

from bunri.platform.db.engine import Database
from bunri.platform.db.outbox import Outbox, Relay, outbox_table
from bunri.platform.db.tables import metadata

__all__ = ["Database", "Outbox", "Relay", "metadata", "outbox_table"]
