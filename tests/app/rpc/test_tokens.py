"""The token by which targets know each other."""

from datetime import timedelta

import pytest
from tests.app.rpc.songs import NOW, TOKENS

from bunri.app.rpc.tokens import NotAPeer, PeerTokens


async def test_an_old_token_is_refused() -> None:
    old = PeerTokens("a key for tests", lambda: NOW - timedelta(minutes=5)).issue()
    with pytest.raises(NotAPeer):
        TOKENS.check(f"Bearer {old}")


async def test_another_key_is_refused() -> None:
    foreign = PeerTokens("another key, long enough", lambda: NOW).issue()
    with pytest.raises(NotAPeer):
        TOKENS.check(f"Bearer {foreign}")
