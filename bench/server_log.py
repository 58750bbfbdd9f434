"""How long PostgreSQL itself takes for a statement, by its own log: neither the way there and back is in it, nor what
Python makes of the rows."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

LOGGED: Final = "set log_min_duration_statement = 0"
"""From then on the server logs how long each message of this connection took. It wants a superuser, or a grant."""
_LINE: Final = re.compile(r"duration: ([\d.]+) ms +(bind|execute) (\S+): ")


class ServerLog:
    """What an embedded server of ``data`` writes from now on."""

    def __init__(self, data: Path) -> None:
        self._path = data / "logs" / "postgres.log"
        self._begin = self._path.stat().st_size

    def seconds(self) -> list[float]:
        """Of the prepared statement that ran most often: binding (where it is planned) and execution of each time."""
        with self._path.open("rb") as log:
            log.seek(self._begin)
            found = _LINE.findall(log.read().decode("utf-8", "replace"))
        runs = Counter(name for _, step, name in found if step == "execute")
        [(often, _)] = runs.most_common(1)
        took: list[float] = []
        for milliseconds, step, name in found:
            if name == often:
                if step == "bind":
                    took.append(0)
                took[-1] += float(milliseconds) / 1e3
        return took
