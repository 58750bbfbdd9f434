"""Limits on a real Valkey, which a test may stop."""

import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bunri.platform.embedded.servers import EmbeddedServers
from bunri.platform.limits import LimitsSettings
from bunri.platform.limits.valkey import ValkeyRateLimiter

SECRET = "a secret for tests only, and long enough"
SETTINGS = LimitsSettings.model_validate(
    {
        "person": {
            "read": "3/minute",
            "write": "2/second",
            "costly": "5/minute; 6/hour",
            "sign_in": "2/minute",
            "mail": 0,
        },
        "network": {"read": "4/minute", "sign_in": "3/minute", "register": "1/minute", "guest": "2/minute"},
    }
)


class Valkey:
    """A server that may be killed, hang, and come back at its address."""

    def __init__(self, folder: Path) -> None:
        self.servers = EmbeddedServers(folder, postgres=False, what="pytest")
        self.url = f"{self.servers.start().valkey_url}/3"

    def signal(self, number: int) -> None:
        os.kill(self.servers.pids["valkey"], number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        while not self.servers.poll():
            time.sleep(0.01)

    def restart(self) -> None:
        self.servers.restart("valkey")


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    made = Valkey(tmp_path / "valkey")
    yield made
    made.servers.stop()


@pytest.fixture
async def limiter(valkey: Valkey) -> AsyncIterator[ValkeyRateLimiter]:
    made = ValkeyRateLimiter(valkey.url, SETTINGS, SECRET, rest_s=0.2)
    yield made
    await made.close()
