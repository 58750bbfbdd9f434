"""PostgreSQL: a schema and a role per domain, short transactions, an outbox that leaves after the commit."""

from bunri.platform.db.engine import Connections, Database, DatabaseUnavailable, Transaction
from bunri.platform.db.outbox import Outbox, Relay, outbox_table
from bunri.platform.db.repository import Repository
from bunri.platform.db.tables import metadata

__all__ = [
    "Connections",
    "Database",
    "DatabaseUnavailable",
    "Outbox",
    "Relay",
    "Repository",
    "Transaction",
    "metadata",
    "outbox_table",
]
