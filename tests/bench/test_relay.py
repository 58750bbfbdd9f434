"""The edge with nothing behind it passes on what is said in a room, in one process and in two."""

from contextlib import ExitStack

import pytest

from bench.subjects import chat
from bunri.app.settings import Settings


@pytest.mark.parametrize("processes", [1, 2])
def test_everybody_hears_everything(settings: Settings, processes: int) -> None:
    plan = {"room": "bench", "tokens": ["nobody"] * 6, "speakers": 2, "seconds": 0.5}
    message = {"room": "bench", "content": chat.CONTENT, "filler": chat.FILLER}
    with ExitStack() as stack:
        urls = [stack.enter_context(chat.relay(settings.valkey_url or "")) for _ in range(processes)]
        found = chat.listen({**plan, "urls": urls, "message": message})
    assert found["messages_per_second"] > 0
    assert found["missing"] == 0
