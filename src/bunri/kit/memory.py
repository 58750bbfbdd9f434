"""Memory of a process that waits for longer than it works."""

import ctypes
import gc
from contextlib import suppress


def give_back() -> None:
    """Returns to the system what starting or working has left unused. Only glibc has to be told."""
    gc.collect()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
