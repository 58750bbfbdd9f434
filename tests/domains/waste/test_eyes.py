"""What people are told of who looks at their photos."""

import pytest
from tests.support.api import api_client

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.waste.endpoints import router
from bunri.domains.waste.schemas import Eyes
from bunri.platform.vision.remote.settings import RemoteVisionSettings


@pytest.mark.parametrize(("provider", "host"), [("none", None), ("ollama/a", None), ("claude", "anthropic.com")])
async def test_the_settings_say_where_photos_go(settings: Settings, provider: str, host: str | None) -> None:
    chosen = RemoteVisionSettings.model_validate({"provider": provider, "api_key": "k"})
    container = InlineContainer(settings.model_copy(update={"remote_vision": chosen}))
    try:
        assert container.get(Eyes).photos_go_to == host
    finally:
        await container.close()


async def test_nobody_has_to_sign_in_to_be_told() -> None:
    async with api_client(router, Eyes(photos_go_to="anthropic.com")) as client:
        answer = await client.get("/api/v1/waste/eyes")
    assert (answer.status_code, answer.json()) == (200, {"photos_go_to": "anthropic.com"})
