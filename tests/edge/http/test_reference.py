"""``/docs``: complete, by itself, and under a policy that allows nothing from elsewhere."""

import re

import pytest
from tests.support.api import client_of

from bunri.app.asgi import create_app
from bunri.app.settings import Settings
from bunri.edge.http.reference import page


async def test_it_shows_every_operation_and_loads_nothing(settings: Settings) -> None:
    app = create_app(settings)
    async with client_of(app) as client:
        answer = await client.get("/docs")
        document = (await client.get("/openapi.json")).json()
        assert (await client.get("/redoc")).status_code == 404
    assert answer.status_code == 200
    for path, operations in document["paths"].items():
        assert f"<code>{path}</code>" in answer.text, path
        assert all(method.upper() in answer.text for method in operations)
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in answer.text
    assert not re.search(r"<script|<img|<iframe|@import|url[(]", answer.text)
    linked = re.findall(r'<link[^>]*href="([^"]*)"', answer.text)
    assert linked == ["data:,"]
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "http" not in policy


@pytest.mark.parametrize("said", ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>"])
def test_what_the_document_says_is_text(said: str) -> None:
    operation = {
        "summary": said,
        "description": said,
        "parameters": [{"name": said, "in": "query", "description": said}],
    }
    document = {
        "info": {"title": said, "version": "1", "description": said},
        "paths": {f"/{said}": {"get": {**operation, "responses": {said: {"description": said}}}}},
        "components": {"schemas": {said: {"description": said}}},
    }
    assert said not in page(document)
