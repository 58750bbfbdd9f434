"""How the embedded servers can fail."""

from bunri.kit.errors import Conflict, Unavailable


class DataDirectoryInUse(Conflict):
    """Another process uses the directory. Data: ``directory``, its ``pid`` (0: unknown) and ``what`` it is."""

    code = "data_directory_in_use"


class DataDirectoryUnusable(Conflict):
    """The directory cannot be used by this user. Data: ``directory`` and the system's ``reason``."""

    code = "data_directory_unusable"


class DiskTooSmall(Conflict):
    """There is no room to start. Data: ``directory``, ``needed_mb`` and ``free_mb``."""

    code = "disk_too_small"


class ServerFailed(Unavailable):
    """A server did not come up. Data: ``name`` and ``log``, the last lines that it wrote."""

    code = "embedded_server_failed"
