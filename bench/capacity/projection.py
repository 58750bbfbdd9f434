"""From what was measured to ten and a hundred times as much, pure. docs/operations/scaling.md has the assumptions."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import linear_regression
from typing import Final, NamedTuple, Self

from bench.capacity.queueing import Service, workers_for

TARGET_BUSY: Final = 0.6
"""Of its cores that a part may use on average, so that a busy minute finds room."""
WORKERS_BUSY: Final = 0.7
"""Of their time that waste workers may be busy, as autoscalers of Kubernetes are told."""
TAKEN: Final = 0.95
WITHIN_S: Final = 1.0
"""So many photos are taken by a worker within so many seconds."""
CONNECTIONS_EACH: Final = 6
"""Of a process, when it is busy: twice BUNRI_DATABASE_POOL as Compose sets it."""
OTHER_PROCESSES: Final = 5
"""Workers of other queues, and beat: they hold connections, too."""


class Trend(NamedTuple):
    """What grows with the load by a straight line."""

    still: float
    """Without anybody."""
    each: float
    """For each peak of the seed."""

    @classmethod
    def of(cls, points: Sequence[tuple[float, float]]) -> Self:
        """By least squares through (factor, value), of which two or more factors are needed."""
        slope, intercept = linear_regression(*zip(*points, strict=True))
        return cls(max(0.0, intercept), max(0.0, slope))

    def at(self, factor: float) -> float:
        return self.still + self.each * factor

    def reaches(self, most: float) -> float:
        """The factor at which it is ``most``."""
        return max(0.0, most - self.still) / self.each if self.each else math.inf


@dataclass(frozen=True, slots=True)
class Measured:
    """What a projection is made from."""

    cores: Mapping[str, Trend]
    """Of each part."""
    commits: float
    """A second, for each peak of the seed."""
    wal: float
    """Bytes a second, likewise."""
    photos: float
    """A second, at the seed's peak."""
    service: Service
    api: Sequence[str]
    """The parts that serve HTTP: Python, of which a process uses one core."""


@dataclass(frozen=True, slots=True)
class Projection:
    """What ``factor`` times the seed's load needs."""

    factor: float
    workers: int
    api_processes: int
    cores: Mapping[str, float]
    """That each part uses, without reserve."""
    connections: int
    commits: float
    wal: float

    @property
    def cores_with_reserve(self) -> float:
        return sum(self.cores.values()) / TARGET_BUSY


def projected(measured: Measured, factor: float) -> Projection:
    cores = {part: trend.at(factor) for part, trend in measured.cores.items()}
    rate = measured.photos * factor
    enough = math.ceil(rate * measured.service.mean / WORKERS_BUSY)
    workers = max(enough, workers_for(rate, measured.service, TAKEN, WITHIN_S))
    processes = sum(max(1, math.ceil(cores[part] / TARGET_BUSY)) for part in measured.api)
    return Projection(
        factor,
        workers,
        processes,
        cores,
        (workers + processes + OTHER_PROCESSES) * CONNECTIONS_EACH,
        measured.commits * factor,
        measured.wal * factor,
    )


def breaks_at(trend: Trend, most: float) -> float:
    """The factor at which a part that cannot be had twice is as busy as it should be, with ``most`` cores."""
    return trend.reaches(most * TARGET_BUSY)
