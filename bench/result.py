"""The result of one measurement with its budget and its comparison to a peer or a limit."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Bound(StrEnum):
    BELOW = "<"
    AT_MOST = "≤"
    AT_LEAST = "≥"
    TIMES = "≥ ×"
    """A bound of the ratio, not of the measured value."""


@dataclass(frozen=True, slots=True)
class Budget:
    bound: Bound
    value: float

    def holds(self, measured: float, ratio: float | None) -> bool | None:
        """Whether the budget is kept; None for a bound of the ratio when there is no ratio."""
        match self.bound:
            case Bound.BELOW:
                return measured < self.value
            case Bound.AT_MOST:
                return measured <= self.value
            case Bound.AT_LEAST:
                return measured >= self.value
            case Bound.TIMES:
                return None if ratio is None else ratio >= self.value


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """``measured`` and ``beside`` (the peer's or the limit's figure) are in ``unit``, from the same run."""

    what: str
    measured: float | None
    """None when it could not be measured here; ``note`` says why."""
    unit: str
    budget: Budget | None = None
    peer: str = ""
    beside: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer: above 1 is better, for rates as well as for times."""
        if not self.measured or not self.beside:
            return None
        more_is_better = self.unit.endswith("/s")
        return self.measured / self.beside if more_is_better else self.beside / self.measured

    @property
    def within(self) -> bool | None:
        """Whether the budget is kept; None without a budget or without a measurement."""
        if self.budget is None or self.measured is None:
            return None
        return self.budget.holds(self.measured, self.ratio)

    def document(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio, "within": self.within}


def below(value: float) -> Budget:
    return Budget(Bound.BELOW, value)


def at_most(value: float) -> Budget:
    return Budget(Bound.AT_MOST, value)


def at_least(value: float) -> Budget:
    return Budget(Bound.AT_LEAST, value)


def times(value: float) -> Budget:
    return Budget(Bound.TIMES, value)


def missing(what: str, unit: str, why: str, budget: Budget | None = None) -> BenchmarkResult:
    """A result for what this machine cannot measure."""
    return BenchmarkResult(what, None, unit, budget, note=why)
