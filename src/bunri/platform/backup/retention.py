"""Which archives stay: the newest of each of the last days, weeks and months that have one."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime


def kept(archives: Mapping[str, datetime], *, daily: int, weekly: int, monthly: int) -> set[str]:
    """The names that stay, of archives by name with the time they were made (aware, UTC).

    A day, ISO week or month without a backup is not counted, so that nothing goes while no new ones come.
    """
    newest_first = sorted(archives.items(), key=lambda item: item[1], reverse=True)
    return {
        *_newest_of_each(newest_first, lambda moment: moment.date(), daily),
        *_newest_of_each(newest_first, lambda moment: moment.isocalendar()[:2], weekly),
        *_newest_of_each(newest_first, lambda moment: (moment.year, moment.month), monthly),
    }


def _newest_of_each(
    newest_first: Iterable[tuple[str, datetime]], period: Callable[[datetime], object], most: int
) -> list[str]:
    chosen: dict[object, str] = {}
    for name, moment in newest_first:
        chosen.setdefault(period(moment), name)
    return list(chosen.values())[:most]
