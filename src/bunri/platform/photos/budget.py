"""What one picture may take of the process that decodes it."""

import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_STATM: Final = Path("/proc/self/statm")


class Budget:
    """``memory`` bytes beyond what the process holds without a picture, and ``cpu_s`` seconds of a processor.

    The bound on memory is of the address space, as Linux bounds no other; elsewhere there is none.
    """

    def __init__(self, memory: int, cpu_s: float) -> None:
        self._memory = memory
        self._cpu_s = cpu_s
        self._without_picture = 0
        self.settle()

    def settle(self) -> None:
        """What the process holds now is not counted."""
        self._without_picture = _address_space()

    @property
    def kept(self) -> int:
        """Bytes of address space that pictures have left behind since ``settle``."""
        return _address_space() - self._without_picture

    @contextmanager
    def bounding(self, file_size: int) -> Iterator[None]:
        """Within it, what wants more memory gets a MemoryError, and the kernel ends the process by SIGPROF when the
        time is over. What other pictures have left behind counts, the picture's file does not.

        The timer is of all threads together, and exact to a few milliseconds: RLIMIT_CPU knows whole seconds only.
        """
        if self._without_picture:
            most = self._without_picture + file_size + self._memory
            resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
        signal.setitimer(signal.ITIMER_PROF, self._cpu_s)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            if self._without_picture:  # so that there is memory to say what was wrong
                resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _address_space() -> int:
    """Bytes; 0 where nobody says, or nobody would hold to a bound."""
    return int(_STATM.read_text().split()[0]) * resource.getpagesize() if sys.platform == "linux" else 0
