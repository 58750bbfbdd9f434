"""Who may read the metrics."""

import httpx
import pytest
from pydantic import SecretStr
from tests.support.api import bare_app

from bunri.edge.http import health


async def status(address: str, headers: dict[str, str] | None = None, token: str | None = None) -> int:
    app = bare_app(health.router)
    app.state.metrics_token = SecretStr(token) if token else None
    transport = httpx.ASGITransport(app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return (await client.get("/metrics", headers=headers)).status_code


class TestMetrics:
    @pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
    async def test_are_for_this_machine(self, address: str) -> None:
        assert await status(address) == 200

    @pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "unknown"])
    async def test_are_not_there_for_others(self, address: str) -> None:
        assert await status(address) == 404

    @pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Via"])
    async def test_are_not_there_through_a_proxy_on_this_machine(self, name: str) -> None:
        assert await status("127.0.0.1", {name: "127.0.0.1"}) == 404

    async def test_with_a_token_are_for_who_has_it(self) -> None:
        assert await status("192.0.2.1", {"Authorization": "Bearer one"}, token="one") == 200
        assert await status("192.0.2.1", {"Authorization": "Bearer two"}, token="one") == 404
        assert await status("127.0.0.1", token="one") == 404
