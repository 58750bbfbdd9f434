"""The account that the servers run as: PostgreSQL refuses root, so root runs them as an account without rights."""

import os
import pwd
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_UNPRIVILEGED: Final = ("bunri", "nobody")


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    def reads(self, path: Path) -> bool:
        """Whether this account can enter all parents of ``path`` and read it (or, if it is a folder, enter it)."""
        path = path.resolve()
        here = stat.S_IROTH | stat.S_IXOTH if path.is_dir() else stat.S_IROTH
        return self._may(path, here) and all(self._may(parent, stat.S_IXOTH) for parent in path.parents)

    def _may(self, path: Path, others: int) -> bool:
        status = path.stat()
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return status.st_mode & (others << shift) == others << shift


def server_account(folder: Path) -> Account | None:
    """The account for a server with its data in ``folder``; None means the account of this process.

    For root: the owner of an existing folder, else ``bunri`` if the system knows it, else ``nobody``.
    """
    if os.geteuid() != 0:
        return None
    if folder.exists() and (status := folder.stat()).st_uid != 0:
        return Account(status.st_uid, status.st_gid)
    return _named(_UNPRIVILEGED) or Account(65534, 65534)


def _named(names: Sequence[str]) -> Account | None:
    for name in names:
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    return None
