"""How many event streams one person may have open in this process."""

from collections import Counter

from bunri.domains.waste.errors import TooManyStreams


class StreamLimit:
    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    def check(self, owner: str) -> None:
        """Raises TooManyStreams when ``owner`` has as many as one may have."""
        if self._open[owner] >= self._most:
            raise TooManyStreams(limit=self._most, retry_after=5)

    def opened(self, owner: str) -> None:
        self._open[owner] += 1

    def closed(self, owner: str) -> None:
        self._open[owner] -= 1
        if not self._open[owner]:
            del self._open[owner]
