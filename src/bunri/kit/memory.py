"""Memory of a process that lives long, and of one that waits for longer than it works."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def give_back() -> None:
    """Returns to the system what starting or working has left unused. Only glibc has to be told."""
    gc.collect()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def frozen() -> Iterator[None]:
    """What is made by now lives as long as the process: the collector need not look at it again (performance.md)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.unfreeze()
