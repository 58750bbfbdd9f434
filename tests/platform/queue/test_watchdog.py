"""When a worker counts as lost: by a clock that stands until it is moved."""

import pytest

from bunri.platform.queue.watchdog import SILENT_AFTER_S, STARTING_S, TOLD_EVERY_S, ConsumerWatchdog

AFTER = SILENT_AFTER_S + 1


class Clockwork:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
def watchdog(clock: Clockwork) -> ConsumerWatchdog:
    return ConsumerWatchdog(clock)


class TestLost:
    def test_when_messages_wait_and_nothing_starts_for_too_long(
        self, watchdog: ConsumerWatchdog, clock: Clockwork
    ) -> None:
        assert not watchdog.lost(1)
        clock.now += SILENT_AFTER_S
        assert not watchdog.lost(1)
        clock.now += 1
        assert watchdog.lost(1)

    def test_a_start_may_take_minutes_before_it_has_connected(self, clock: Clockwork) -> None:
        starting = ConsumerWatchdog(clock, connected=False)
        clock.now += STARTING_S
        assert not starting.lost(1)
        starting.connect()
        clock.now += SILENT_AFTER_S
        assert not starting.lost(1)
        clock.now += 1
        assert starting.lost(1)

    def test_one_that_never_connects_is_lost(self, clock: Clockwork) -> None:
        starting = ConsumerWatchdog(clock, connected=False)
        clock.now += STARTING_S + 1
        assert starting.lost(1)

    def test_never_while_nothing_waits(self, watchdog: ConsumerWatchdog, clock: Clockwork) -> None:
        clock.now += AFTER
        assert not watchdog.lost(0)

    def test_not_at_once_when_a_message_comes_after_a_quiet_time(
        self, watchdog: ConsumerWatchdog, clock: Clockwork
    ) -> None:
        clock.now += AFTER
        assert not watchdog.lost(0)
        clock.now += 5
        assert not watchdog.lost(1)
        clock.now += AFTER
        assert watchdog.lost(1)

    def test_never_while_a_task_runs_however_long(self, watchdog: ConsumerWatchdog, clock: Clockwork) -> None:
        with watchdog.working():
            clock.now += AFTER
            assert not watchdog.lost(3)

    def test_not_until_some_time_after_the_last_task(self, watchdog: ConsumerWatchdog, clock: Clockwork) -> None:
        with watchdog.working():
            clock.now += AFTER
        assert not watchdog.lost(3)
        clock.now += AFTER
        assert watchdog.lost(3)

    def test_not_while_one_of_two_tasks_runs(self, watchdog: ConsumerWatchdog, clock: Clockwork) -> None:
        with watchdog.working():
            with watchdog.working():
                pass
            clock.now += AFTER
            assert not watchdog.lost(3)

    def test_a_task_that_fails_has_ended(self, watchdog: ConsumerWatchdog, clock: Clockwork) -> None:
        with pytest.raises(ValueError, match="broken"), watchdog.working():
            raise ValueError("broken")
        clock.now += AFTER
        assert watchdog.lost(1)


class TestWorked:
    def test_is_told_after_a_task_but_not_after_each(self, clock: Clockwork) -> None:
        told: list[float] = []
        watchdog = ConsumerWatchdog(clock, lambda: told.append(clock.now))
        for _ in range(3):
            with watchdog.working():
                clock.now += TOLD_EVERY_S / 2
        assert told == [1000 + TOLD_EVERY_S / 2, 1000 + TOLD_EVERY_S * 1.5]
