"""What every answer tells browsers, who may ask from elsewhere, and which methods are taken."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError
from tests.support.api import client_of

from bunri.app.asgi import create_app
from bunri.app.settings import Settings
from bunri.edge.http.security_headers import as_lines, security_headers
from bunri.edge.http.settings import HttpSettings

APP = "https://app.example"
Client = Callable[..., httpx.AsyncClient]


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """The whole application, on servers that are not there."""

    def made(**more: Any) -> httpx.AsyncClient:
        unused = {"database_url": "postgresql://127.0.0.1:9/none", "valkey_url": "redis://127.0.0.1:9"}
        secret = SecretStr("a secret for tests only, and long enough")
        settings = Settings.model_validate({"data": tmp_path, "secret": secret, **unused, **more})
        return client_of(create_app(settings), "http://bunri.example", answers_errors=True)

    return made


class TestHeaders:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/health"),
            ("GET", "/docs"),
            ("GET", "/openapi.json"),
            ("GET", "/"),
            ("GET", "/nowhere"),
            ("GET", "/api/v1/waste/jobs"),  # 401
            ("POST", "/api/v1/waste/analyze"),
            ("POST", "/api/v1/auth/guest"),  # 422, and 500 without a database
            ("DELETE", "/health"),
            ("TRACE", "/health"),
            ("GET", "/socket.io/?EIO=3&transport=polling"),
        ],
    )
    async def test_are_on_every_answer(self, client: Client, method: str, path: str) -> None:
        async with client() as asking:
            answer = await asking.request(method, path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"]
        assert "frame-ancestors" in answer.headers["content-security-policy"]
        assert len(answer.headers.get_list("content-security-policy")) == 1
        assert "strict-transport-security" not in answer.headers

    async def test_tell_of_tls_where_we_are_reached_so(self, client: Client) -> None:
        async with client(public_url="https://bunri.example") as asking:
            for path in ("/health", "/api/v1/waste/jobs"):
                answer = await asking.get(path)
                assert answer.headers["strict-transport-security"] == "max-age=31536000"

    async def test_nothing_of_auth_is_kept(self, client: Client) -> None:
        async with client() as asking:
            answers = [
                await asking.post("/api/v1/auth/guest", json={"username": ""}),
                await asking.get("/api/v1/auth/nowhere"),
            ]
        assert [answer.headers["cache-control"] for answer in answers] == ["no-store", "no-store"]

    def test_as_bytes(self) -> None:
        assert as_lines(security_headers(None)).startswith(b"x-content-type-options: nosniff\r\n")
        assert as_lines(security_headers(None)).endswith(b"\r\n")


class TestMethods:
    @pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "get"])
    @pytest.mark.parametrize("path", ["/health", "/", "/api/v1/auth/guest", "/detect/ko/", "/socket.io/"])
    async def test_what_nobody_needs_is_refused(self, client: Client, method: str, path: str) -> None:
        async with client() as asking:
            answer = await asking.send(asking.build_request(method, path, headers={"X-Secret": "mine"}))
        if method == "get":  # httpx writes methods in capitals
            assert answer.request.method == "GET"
            return
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert "GET" in answer.headers["allow"]
        assert "mine" not in answer.text


def preflight(method: str = "POST", headers: str = "authorization,content-type", origin: str = APP) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }


ALLOWING = HttpSettings(origins=[APP])


class TestOtherOrigins:
    @pytest.mark.parametrize("path", ["/api/v1/waste/analyze", "/health", "/socket.io/", "/nowhere"])
    async def test_by_default_there_are_none(self, client: Client, path: str) -> None:
        async with client() as asking:
            asked = await asking.options(path, headers=preflight())
            plain = await asking.get(path, headers={"Origin": APP})
        for answer in (asked, plain):
            assert not [name for name in answer.headers if name.startswith("access-control-")]

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
    async def test_one_on_the_list_may_ask(self, client: Client, method: str) -> None:
        async with client(http=ALLOWING) as asking:
            asked = await asking.options(
                "/api/v1/waste/analyze", headers=preflight(method, "authorization,idempotency-key")
            )
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == APP
        assert asked.headers["access-control-allow-credentials"] == "true"
        assert method in asked.headers["access-control-allow-methods"]
        assert "Origin" in asked.headers["vary"]

    @pytest.mark.parametrize(
        ("method", "headers", "origin"),
        [
            ("POST", "", "https://evil.example"),
            ("POST", "", "http://app.example"),
            ("POST", "", "https://app.example.evil.example"),
            ("POST", "", "null"),
            ("TRACE", "", APP),
            ("POST", "x-forwarded-for", APP),
        ],
    )
    async def test_others_and_other_headers_are_refused(
        self, client: Client, method: str, headers: str, origin: str
    ) -> None:
        async with client(http=ALLOWING) as asking:
            asked = await asking.options("/api/v1/waste/analyze", headers=preflight(method, headers, origin))
            plain = await asking.get("/health", headers={"Origin": origin})
        assert asked.status_code == 400
        assert plain.headers.get("access-control-allow-origin") == (APP if origin == APP else None)

    async def test_a_refusal_can_be_read_from_there(self, client: Client) -> None:
        async with client(http=ALLOWING) as asking:
            refused = await asking.get("/api/v1/waste/jobs", headers={"Origin": APP})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, APP)
        shown = refused.headers["access-control-expose-headers"]
        for name in ("Retry-After", "RateLimit", "RateLimit-Remaining", "X-Next-Cursor", "X-Request-ID"):
            assert name in shown

    @pytest.mark.parametrize(
        ("path", "origin", "status"),
        [
            ("/socket.io/?EIO=4&transport=polling", APP, 200),
            ("/socket.io/?EIO=4&transport=polling", "http://bunri.example", 200),
            ("/socket.io/?EIO=4&transport=polling", "https://evil.example", 403),
            ("/socket.io/?EIO=4&transport=polling", "null", 403),
        ],
    )
    async def test_sockets_have_the_same_list(self, client: Client, path: str, origin: str, status: int) -> None:
        async with client(http=ALLOWING) as asking:
            answer = await asking.get(path, headers={"Origin": origin})
        assert answer.status_code == status
        assert answer.headers.get_list("access-control-allow-origin") == ([APP] if origin == APP else [])
        if status == 403:
            assert answer.json()["code"] == "foreign_origin"


class TestSettings:
    def test_origins_are_written_as_browsers_write_them(self) -> None:
        settings = HttpSettings.model_validate({"origins": ["https://App.example/", "http://localhost:5173"]})
        assert settings.origins == ["https://app.example", "http://localhost:5173"]

    @pytest.mark.parametrize(
        "origin", ["*", "app.example", "https://app.example/path", "https://*.example", "null", "", "ftp://a"]
    )
    def test_anything_else_is_no_origin(self, origin: str) -> None:
        with pytest.raises(ValidationError):
            HttpSettings.model_validate({"origins": [origin]})

    @pytest.mark.parametrize("proxy", ["everybody", "10.0.0.0/99", "10.0.0.1/8", ""])
    def test_nor_a_proxy(self, proxy: str) -> None:
        with pytest.raises(ValidationError):
            HttpSettings.model_validate({"trusted_proxies": [proxy]})

    def test_in_the_environment_they_are_lists(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUNRI_DATA", str(tmp_path))
        monkeypatch.setenv("BUNRI_HTTP__TRUSTED_PROXIES", '["10.0.0.0/8", "2001:db8::1"]')
        monkeypatch.setenv("BUNRI_HTTP__ORIGINS", f'["{APP}"]')
        monkeypatch.setenv("BUNRI_LIMITS__NETWORK__REGISTER", "9/minute")
        monkeypatch.setenv("BUNRI_LIMITS__PERSON__READ", "0")
        settings = Settings()
        again = settings.on(None)  # they are written down and read again for each child
        for found in (settings, again):
            assert [str(each) for each in found.http.trusted_proxies] == ["10.0.0.0/8", "2001:db8::1/128"]
            assert found.http.origins == [APP]
            assert [rate.amount for rate in found.limits.rates("register", "network")] == [9]
            assert found.limits.rates("read", "person") == ()
