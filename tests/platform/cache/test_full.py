"""A Valkey without room, as its own replies say it."""

import pytest

from bunri.app.settings import Settings
from bunri.platform.cache import Cache, CacheUnavailable
from bunri.platform.cache.valkey import CacheFull

REPLIES = {
    "MISCONF Errors writing to the AOF file: No space left on device": CacheFull,
    "OOM command not allowed when used memory > 'maxmemory'.": CacheFull,
    "LOADING Valkey is loading the dataset in memory": CacheUnavailable,
}


@pytest.mark.parametrize(("reply", "error"), REPLIES.items())
async def test_is_told_from_one_that_is_away(settings: Settings, reply: str, error: type[CacheUnavailable]) -> None:
    cache = Cache(settings.cache_address("common"))
    try:
        with pytest.raises(CacheUnavailable) as caught:
            await cache._guard(cache._redis.eval(f'return redis.error_reply("{reply}")', 0))
    finally:
        await cache.close()
    assert type(caught.value) is error
