"""How much room a disk has."""

import shutil
from pathlib import Path


def free_bytes(path: Path) -> int:
    """What this user may still write where ``path`` is, or will be once it is made."""
    existing = next(each for each in (path, *path.absolute().parents) if each.exists())
    return shutil.disk_usage(existing).free
