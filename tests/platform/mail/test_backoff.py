"""When a mail is tried again."""

from datetime import timedelta

from bunri.platform.mail.backoff import MOST_ATTEMPTS, wait_after


def test_from_a_minute_to_six_hours_for_a_day() -> None:
    waits = [wait for attempts in range(1, MOST_ATTEMPTS) if (wait := wait_after(attempts)) is not None]
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert max(waits) == timedelta(hours=6)
    assert sum(waits, timedelta()) == timedelta(hours=24)
    assert len(waits) == MOST_ATTEMPTS - 1


def test_then_it_is_given_up() -> None:
    assert wait_after(MOST_ATTEMPTS) is None
    assert wait_after(MOST_ATTEMPTS + 1) is None
