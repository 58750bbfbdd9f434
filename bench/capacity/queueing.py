"""How long photos wait for a worker: the queue M/G/c, pure.

Arrivals are independent of each other (Poisson), c workers take one photo each, and a service takes however long it
takes. There is no exact formula for the wait; Allen and Cunneen's approximation scales that of M/M/c, which is exact
(Erlang C), by how much the service times vary:

    wait ≈ C(c, a) / (c/s − λ) · (1 + v) / 2        with a = λ·s, v = variance of the service time / s²

(A. O. Allen, *Probability, Statistics, and Queueing Theory*, 2nd ed., §5.3; L. Kleinrock, *Queueing Systems* I, §3.5.)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance
from typing import Self


@dataclass(frozen=True, slots=True)
class Service:
    """How long a worker is busy with one photo."""

    mean: float
    """Seconds."""
    variation: float
    """The variance as a part of the squared mean: 0 for times all alike, 1 for exponential ones."""

    @classmethod
    def measured(cls, seconds: Sequence[float]) -> Self:
        """Raises ValueError without values."""
        middle = fmean(seconds)
        return cls(middle, pvariance(seconds, middle) / middle**2)

    @classmethod
    def mixed(cls, shares: Sequence[tuple[float, Self]]) -> Self:
        """Of photos of several kinds, each with its share of all."""
        middle = sum(share * each.mean for share, each in shares)
        square = sum(share * each.mean**2 * (1 + each.variation) for share, each in shares)
        return cls(middle, square / middle**2 - 1)


def erlang_c(workers: int, load: float) -> float:
    """The probability that somebody has to wait, with ``load`` = arrivals a second × seconds of service. 1 from where
    the workers can no longer keep up."""
    if load >= workers:
        return 1.0
    blocked = 1.0  # Erlang B, by its recursion: factorials would overflow
    for number in range(1, workers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - load / workers * (1 - blocked))


@dataclass(frozen=True, slots=True)
class Queue:
    """``rate`` photos a second for ``workers``."""

    workers: int
    rate: float
    service: Service

    @property
    def busy(self) -> float:
        """The share of the workers' time that is asked of them; from 1 on the queue grows without end."""
        return self.rate * self.service.mean / self.workers

    @property
    def wait(self) -> float:
        """Seconds until a worker takes a photo, on average."""
        return erlang_c(self.workers, self.rate * self.service.mean) * self._clearing if self.busy < 1 else math.inf

    def wait_of(self, share: float) -> float:
        """Seconds that ``share`` of the photos wait at most. Those that wait at all wait exponentially long, which is
        exact for M/M/c."""
        if self.busy >= 1:
            return math.inf
        waiting = erlang_c(self.workers, self.rate * self.service.mean)
        return self._clearing * math.log(waiting / (1 - share)) if waiting > 1 - share else 0.0

    @property
    def _clearing(self) -> float:
        """The mean wait of those that wait."""
        free = self.workers / self.service.mean - self.rate
        return (1 + self.service.variation) / 2 / free


def workers_for(rate: float, service: Service, share: float, within: float) -> int:
    """The fewest workers by whom ``share`` of the photos are taken ``within`` so many seconds."""
    workers = max(1, math.floor(rate * service.mean))
    while Queue(workers, rate, service).wait_of(share) > within:
        workers += 1
    return workers
