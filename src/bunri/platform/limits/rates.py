"""Rates as settings write them: ``5/minute``, ``10 per 2 hours``, several joined by ``;``, or ``0`` for none."""

from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BeforeValidator

LONGEST_WINDOW_S = 7 * 86_400


class Rate(NamedTuple):
    amount: int
    window_s: int


def parse(written: str) -> tuple[Rate, ...]:
    """The rates of a setting, none for ``0``. Raises ValueError for what is no rate."""
    from limits import parse_many  # a process that only reads the settings needs no counting

    if written.strip() == "0":
        return ()
    rates = tuple(Rate(item.amount, item.get_expiry()) for item in parse_many(written))
    for rate in rates:
        if rate.amount < 1 or not 1 <= rate.window_s <= LONGEST_WINDOW_S:
            raise ValueError(f"{written!r} is no limit: write 5/minute or 100/hour, up to a week, or 0 for none")
    return rates


def _written(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _sound(written: str) -> str:
    parse(written)
    return written


RateText = Annotated[str, BeforeValidator(_written), AfterValidator(_sound)]
"""A setting that ``parse`` reads."""
