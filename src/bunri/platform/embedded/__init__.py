"""Real servers without installing any: PostgreSQL and Valkey from their wheels, as children of this process."""

from bunri.platform.embedded.errors import DataDirectoryInUse, DataDirectoryUnusable, ServerFailed
from bunri.platform.embedded.secrets import secret
from bunri.platform.embedded.servers import Addresses, EmbeddedServers, attach

__all__ = [
    "Addresses",
    "DataDirectoryInUse",
    "DataDirectoryUnusable",
    "EmbeddedServers",
    "ServerFailed",
    "attach",
    "secret",
]
