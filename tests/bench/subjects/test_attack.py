"""What an attack is reported as, and the cheapest attacks on the running product."""

import time
from collections.abc import Callable

import pytest
from bench.bystander import Answered, Asking, Bystander, Photographer, asking
from bench.client import Client, RequestFailed
from bench.paths import no_settings
from bench.result import BenchmarkResult
from bench.subjects.attack import FILES, Row, Seen, Watched, _lines, _measured, _tokens, _well

from bench import product


def named(lines: list[BenchmarkResult], end: str) -> BenchmarkResult:
    (line,) = [line for line in lines if line.what.endswith(end)]
    return line


def answered(*answers: Answered) -> Asking:
    made = Asking(lambda: None, 3600)
    made.end()
    made.answers = list(answers)
    return made


def seen(**changed: object) -> Seen:
    """Ten seconds of attack, from the hundredth second on."""
    attack = {"began": 100.0, "ended": 110.0, "seen": {"431": 7}, "wrong": None, "slowest": None}
    usual: dict[str, object] = {
        "before": 500.0,
        "watched": Watched(
            memory=[(99.0, 900.0), (105.0, 540.0), (109.0, 530.0)],
            api=[(99.0, 200.0), (105.0, 220.0), (109.0, 210.0)],
            cpu=[(100.0, 1.0), (110.0, 6.0)],
        ),
        "polls": answered(Answered(99.0, 99.9, True), Answered(101.0, 101.02, True), Answered(102.0, 102.3, False)),
        "health": answered(Answered(101.0, 101.1, True), Answered(102.0, 112.0, False)),
        "photos": None,
        "recovered": 0.4,
    }
    return Seen(**{**usual, **changed, "attack": {**attack, **changed.get("attack", {})}})  # type: ignore[arg-type,dict-item]


ROW = Row("1 endless headers", {"attack": "endless_headers"})


class TestLines:
    def test_only_what_happened_during_the_attack_counts(self) -> None:
        lines = list(_lines(ROW, seen(), 0.0))
        assert named(lines, "growth").measured == pytest.approx(40)
        assert named(lines, "growth").within is True
        assert "API 200 → 220 MiB" in named(lines, "growth").note
        assert named(lines, "p99").measured == pytest.approx(300)
        assert "1 of 2 failed; API 50% of a core" in named(lines, "p99").note
        assert named(lines, "recovery").measured == pytest.approx(0.4)
        assert named(lines, "recovery").note == "7 × 431"

    def test_a_health_that_fails_is_a_missed_budget(self) -> None:
        assert named(list(_lines(ROW, seen(), 0.0)), "/health failed").within is False

    def test_what_does_not_recover_is_a_missed_budget(self) -> None:
        assert named(list(_lines(ROW, seen(recovered=None), 0.0)), "recovery").within is False

    def test_wrong_answers_are_counted_and_named(self) -> None:
        line = named(list(_lines(ROW, seen(attack={"wrong": {"after deletion": 2}}), 0.0)), "wrong answers")
        assert (line.measured, line.within, line.note) == (2, False, "2 × after deletion")

    def test_a_photo_that_failed_waited_for_the_recovery(self) -> None:
        row = Row("7 photos", {"attack": "jobs"}, photo="photo")
        photos = answered(Answered(101.0, 102.0, True), Answered(105.0, 106.0, False))
        line = named(list(_lines(row, seen(photos=photos, recovered=8.0), 0.0)), "own photo")
        assert line.measured == pytest.approx(13)
        assert line.within is False


class TestRecovery:
    def test_is_the_first_of_three_good_quick_answers_in_a_row(self) -> None:
        good = [Answered(at, at + 0.02, True) for at in (10.1, 10.2, 10.4, 10.5, 10.6)]
        slow = Answered(10.3, 11.3, True)
        assert _well([*good[:2], slow, *good[2:]], 10.0) == pytest.approx(10.42)
        assert _well(good[:2], 10.0) is None


class TestAsking:
    def test_failures_are_kept_and_asking_goes_on(self) -> None:
        turns: list[int] = []

        def ask() -> None:
            turns.append(len(turns))
            if len(turns) == 2:
                raise RequestFailed

        with asking(ask, 0.01) as asked:
            until(lambda: len(asked.answers) >= 4)
        assert [each.good for each in asked.answers[:4]] == [True, False, True, True]


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.timeout(240)
def test_the_product_is_attacked_and_a_row_that_cannot_be_is_a_missed_budget() -> None:
    with no_settings(), product.running(bounds={}, files=FILES) as running:
        guest = Client.sign_in(running.url)
        bystander, photographer = Bystander(guest), Photographer(guest)
        headers = Row("headers", {"attack": "endless_headers", "connections": 2}, seconds=1)
        lines = _measured(running, headers, bystander, photographer)
        assert "× 431" in named(lines, "recovery").note
        assert named(lines, "growth").within is True
        assert named(lines, "/health failed").measured == 0
        refresh = guest.ask("POST", "/api/v1/auth/guest", {"username": "bench"})["refresh_token"]
        plan = {"attack": "tokens", "tokens": _tokens(running), "refresh": refresh}
        lines = _measured(running, Row("tokens", plan, seconds=1), bystander, photographer)
        assert named(lines, "wrong answers").measured == 0, named(lines, "wrong answers").note
        [line] = _measured(running, Row("unheard-of", {"attack": "unheard-of"}), bystander, photographer)
        assert line.within is False
        assert "KeyError" in line.note
        bystander.close()
        guest.hang_up()
