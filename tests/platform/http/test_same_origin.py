"""Whose page asks, for routes that read cookies."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import Request
from tests.support.api import bare_app, client_of

from bunri.platform.http import same_origin
from bunri.platform.http.same_origin import is_ours

ALLOWED = frozenset({"https://app.example"})


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, None),
        ({"origin": "https://bunri.example"}, True),
        ({"origin": "http://bunri.example"}, True),  # a proxy in front speaks TLS, or does not
        ({"origin": "https://BUNRI.example"}, True),
        ({"origin": "https://bunri.example:8443"}, False),
        ({"origin": "https://bunri.example.evil.example"}, False),
        ({"origin": "https://evil.example/bunri.example"}, False),
        ({"origin": "https://bunri.example@evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "https://"}, False),
        ({"origin": "https://[::1"}, False),
        ({"origin": "https://app.example"}, True),  # on the list
        ({"origin": "http://app.example"}, False),
        ({"origin": "https://app.example.evil.example"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://bunri.example"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site", "origin": "https://other.bunri.example"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://bunri.example"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://app.example"}, True),
        ({"sec-fetch-site": "SAME-ORIGIN"}, False),
        ({"sec-fetch-site": ""}, False),
    ],
)
def test_a_page_is_ours_or_not(headers: dict[str, str], ours: bool | None) -> None:
    assert is_ours({"host": "bunri.example", **headers}, ALLOWED) is ours


def test_nobody_is_of_a_host_without_a_name() -> None:
    assert is_ours({"origin": "https://"}, ()) is False


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = bare_app()
    app.state.origins = ALLOWED

    @app.post("/refresh", dependencies=[same_origin])
    async def refresh(request: Request) -> str:
        return request.cookies.get("session", "nobody")

    async with client_of(app, "https://bunri.example", headers={"Accept-Language": "en"}) as made:
        yield made


COOKIE = {"Cookie": "session=mine"}
JSON = {"Content-Type": "application/json"}


class TestDependency:
    @pytest.mark.parametrize(
        "headers",
        [
            {**COOKIE, **JSON, "Origin": "https://bunri.example"},
            {**COOKIE, "Content-Type": "application/json; charset=utf-8", "Sec-Fetch-Site": "same-origin"},
            {**COOKIE, **JSON, "Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"},
            JSON,  # no cookie, nothing to make use of
            {**JSON, "Origin": "https://evil.example"},
        ],
    )
    async def test_lets_pages_of_ours_in_and_whoever_brings_no_cookie(
        self, client: httpx.AsyncClient, headers: dict[str, str]
    ) -> None:
        response = await client.post("/refresh", content="{}", headers=headers)
        assert response.status_code == 200
        assert response.json() == ("mine" if "Cookie" in headers else "nobody")

    @pytest.mark.parametrize(
        "more",
        [
            {},  # nobody says where it is from
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Origin": "https://blog.bunri.example"},
        ],
    )
    async def test_refuses_all_others(self, client: httpx.AsyncClient, more: dict[str, str]) -> None:
        response = await client.post("/refresh", content="{}", headers={**COOKIE, **JSON, **more})
        assert (response.status_code, response.json()["code"]) == (403, "foreign_origin")
        assert response.json()["detail"] == "This has to be asked for by a page of bunri itself."

    @pytest.mark.parametrize(
        "content_type",
        [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
            "application/json, text/plain",
        ],
    )
    async def test_takes_json_alone(self, client: httpx.AsyncClient, content_type: str) -> None:
        headers = {**COOKIE, "Origin": "https://bunri.example", "Content-Type": content_type}
        response = await client.post("/refresh", content="{}", headers=headers)
        assert (response.status_code, response.json()["code"]) == (415, "json_only")
