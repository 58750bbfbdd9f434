from datetime import UTC, datetime, timedelta

from bunri.domains.locations.public import Vote
from bunri.domains.locations.vote_tally import DOUBTED_FOR, FULL_FOR, HALF_LIFE, VoteRecord, VoteTally, tally

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def gone(*days_ago: float) -> list[VoteRecord]:
    return [VoteRecord(Vote.GONE, NOW - days * DAY) for days in days_ago]


class TestHidden:
    def test_nobody_hides_a_bin_alone_nor_do_two(self) -> None:
        assert tally(gone(0), NOW).hidden_until is None
        assert tally(gone(0, 0), NOW).hidden_until is None

    def test_nor_does_any_number_within_a_day(self) -> None:
        assert tally(gone(*[0] * 50, *[0.99] * 50), NOW).hidden_until is None

    def test_three_hide_it_for_some_seven_weeks(self) -> None:
        until = tally(gone(1, 0, 0), NOW).hidden_until
        assert until is not None
        assert 49 * DAY < until - NOW < 56 * DAY

    def test_stays_right_until_the_next_vote(self) -> None:
        votes = gone(0, 1, 2, 3)
        until = tally(votes, NOW).hidden_until
        assert until is not None
        assert tally(votes, until - DAY).hidden_until is not None
        assert tally(votes, until + DAY).hidden_until is None

    def test_one_fresh_vote_hides_it_again_on_top_of_old_ones(self) -> None:
        old = gone(60, 60, 60)
        assert tally(old, NOW).hidden_until is None
        assert tally([*old, *gone(0)], NOW).hidden_until is not None

    def test_who_still_finds_it_takes_one_back(self) -> None:
        for seen in (Vote.OK, Vote.FULL):
            assert tally([*gone(1, 0, 0, 0), VoteRecord(seen, NOW)], NOW).hidden_until is not None
            assert tally([*gone(1, 0, 0), VoteRecord(seen, NOW)], NOW).hidden_until is None

    def test_who_still_finds_it_does_not_make_up_for_the_second_day(self) -> None:
        assert tally([VoteRecord(Vote.OK, NOW - DAY), *gone(*[0] * 9)], NOW).hidden_until is None

    def test_a_vote_counts_half_after_a_half_life(self) -> None:
        three_fresh = tally(gone(1, 1, 0), NOW).hidden_until
        six_old = tally(gone(1, 1, 0) * 2, NOW).hidden_until
        assert three_fresh is not None
        assert six_old == three_fresh + HALF_LIFE


class TestFull:
    def test_lasts_a_day(self) -> None:
        votes = [VoteRecord(Vote.FULL, NOW)]
        assert tally(votes, NOW) == VoteTally(hidden_until=None, full_until=NOW + FULL_FOR)
        assert tally(votes, NOW + FULL_FOR).full_until is None

    def test_ends_when_somebody_sees_otherwise(self) -> None:
        votes = [VoteRecord(Vote.FULL, NOW - timedelta(hours=2)), VoteRecord(Vote.OK, NOW - timedelta(hours=1))]
        assert tally(votes, NOW).full_until is None


class TestDoubted:
    """Two people found it gone: too few to hide it."""

    def test_two_at_once_are_enough_and_one_is_not(self) -> None:
        assert tally(gone(0), NOW).doubted_until is None
        assert tally(gone(0, 0), NOW).doubted_until == NOW + DOUBTED_FOR

    def test_ends_when_somebody_sees_it(self) -> None:
        for seen in (Vote.OK, Vote.FULL):
            assert tally([*gone(1, 1), VoteRecord(seen, NOW)], NOW).doubted_until is None

    def test_lasts_as_long_as_two_are_of_late(self) -> None:
        assert tally(gone(20, 0), NOW).doubted_until is None
        assert tally(gone(10, 0), NOW).doubted_until == NOW - 10 * DAY + DOUBTED_FOR


class TestNothing:
    def test_no_votes_say_nothing(self) -> None:
        assert tally([], NOW) == VoteTally(None, None)
