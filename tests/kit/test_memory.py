"""Memory that is unused and still held goes back to the system."""

import psutil

from bunri.kit.memory import give_back


def test_what_lies_below_something_that_stays_is_given_back() -> None:
    process = psutil.Process()
    blocks = [bytes(2000) for _ in range(50_000)]
    pinned = blocks[-1]
    blocks.clear()
    held = process.memory_info().rss
    give_back()
    assert held - process.memory_info().rss > 50 * 2**20
    assert pinned == bytes(2000)
