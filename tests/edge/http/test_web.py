"""The web app as a browser meets it: pages, files, compression, caching, and the policy that guards them."""

import base64
import gzip
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.support.api import bare_app, client_of

from bunri.edge.http import web
from bunri.platform.storage import LocalStorage, open_storage

SCRIPT = 'document.documentElement.lang = "ko";'
INDEX = f"<!doctype html><script>{SCRIPT}</script><script type=module src=/assets/app-1a2b.js></script>"
APP = "console.log('an app');" * 100
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A build as ``npm run build`` leaves it."""
    files = {
        "index.html": INDEX.encode(),
        "sw.js": b"self",
        "manifest.webmanifest": b"{}",
        "assets/app-1a2b.js": APP.encode(),
        "assets/app-1a2b.js.gz": gzip.compress(APP.encode()),
        "assets/app-1a2b.js.br": b"as brotli would have it",
        "assets/letters-3c4d.woff2": b"wOF2",
        ".vite/manifest.json": b"{}",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def _client(folder: Path, *origins: str) -> httpx.AsyncClient:
    app = bare_app()

    @app.post("/api/v1/orders", status_code=201)
    async def order() -> None: ...

    async def elsewhere() -> tuple[str, ...]:
        return origins

    app.router.routes.append(web.WebApp(folder, elsewhere))
    return client_of(app)


@pytest.fixture
async def client(dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(dist) as made:
        yield made


class TestPages:
    @pytest.mark.parametrize("address", ["/", "/bins", "/history/01939f1e", "/index.html"])
    async def test_every_address_of_a_page_is_the_app(self, client: httpx.AsyncClient, address: str) -> None:
        response = await client.get(address, headers=BROWSER)
        assert (response.status_code, response.text) == (200, INDEX)
        assert response.headers["content-type"] == "text/html; charset=utf-8"

    async def test_the_front_page_is_for_everybody(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/")).text == INDEX

    @pytest.mark.parametrize(
        "address", ["/api/v1/nothing", "/docs/x", "/detect", "/ready", "/socket.io/", "/assets/gone-5e6f.js"]
    )
    async def test_what_is_not_the_apps_stays_a_problem(self, client: httpx.AsyncClient, address: str) -> None:
        response = await client.get(address, headers=BROWSER)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")

    async def test_who_asks_for_no_page_gets_none(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/bins", headers={"Accept": "application/json"})).status_code == 404

    async def test_a_wrong_method_stays_one(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/api/v1/orders", headers=BROWSER)).status_code == 405
        assert (await client.post("/bins", headers=BROWSER)).status_code == 404

    @pytest.mark.parametrize("address", ["/../secret", "/assets/..%2f..%2fsecret", "/.vite/manifest.json"])
    async def test_nothing_outside_the_build_is_shown(
        self, client: httpx.AsyncClient, dist: Path, address: str
    ) -> None:
        (dist.parent / "secret").write_text("a secret")
        assert (await client.get(address)).status_code == 404


class TestFiles:
    async def test_what_has_a_hash_in_its_name_is_kept_for_a_year(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/assets/letters-3c4d.woff2")
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["content-type"] == "font/woff2"

    @pytest.mark.parametrize("address", ["/", "/sw.js", "/manifest.webmanifest"])
    async def test_everything_else_is_asked_for_again(self, client: httpx.AsyncClient, address: str) -> None:
        first = await client.get(address)
        assert first.headers["cache-control"] == "no-cache"
        again = await client.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

    async def test_a_head_is_the_same_without_a_body(self, client: httpx.AsyncClient) -> None:
        head, whole = await client.head("/sw.js"), await client.get("/sw.js")
        assert head.content == b""
        assert head.headers["content-length"] == whole.headers["content-length"]

    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip", "gzip"),
            ("br;q=0, gzip;q=0.5", "gzip"),
            ("identity", None),
        ],
    )
    async def test_it_is_packed_as_the_browser_can_unpack(
        self, dist: Path, accepted: str, encoding: str | None
    ) -> None:
        async with (
            _client(dist) as client,
            client.stream("GET", "/assets/app-1a2b.js", headers={"Accept-Encoding": accepted}) as response,
        ):
            raw = b"".join([piece async for piece in response.aiter_raw()])
        ending = {"br": ".br", "gzip": ".gz", None: ""}[encoding]
        assert response.headers.get("content-encoding") == encoding
        assert response.headers["vary"] == "Accept-Encoding"
        assert response.headers["content-type"].startswith("text/javascript")
        assert raw == (dist / f"assets/app-1a2b.js{ending}").read_bytes()

    async def test_each_packing_has_a_tag_of_its_own(self, client: httpx.AsyncClient) -> None:
        asked = [
            await client.head("/assets/app-1a2b.js", headers={"Accept-Encoding": one}) for one in ("br", "gzip", "")
        ]
        assert len({response.headers["etag"] for response in asked}) == 3

    async def test_a_new_build_is_served_without_a_restart(self, client: httpx.AsyncClient, dist: Path) -> None:
        before = await client.get("/")
        (dist / "assets/next-7a8b.js").write_text("next")
        (dist / "index.html").write_text("<!doctype html>next")
        after = await client.get("/", headers={"If-None-Match": before.headers["etag"]})
        assert after.text == "<!doctype html>next"
        assert (await client.get("/assets/next-7a8b.js")).text == "next"


class TestPolicy:
    @staticmethod
    async def _policy(client: httpx.AsyncClient) -> dict[str, list[str]]:
        header = (await client.get("/bins", headers=BROWSER)).headers["content-security-policy"]
        directives = (directive.split() for directive in header.split("; "))
        return {name: sources for name, *sources in directives}

    async def test_scripts_are_ours_and_the_one_inline_is_known_by_its_hash(self, client: httpx.AsyncClient) -> None:
        known = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
        assert (await self._policy(client))["script-src"] == ["'self'", f"'sha256-{known}'"]

    async def test_nothing_unsafe_is_allowed(self, client: httpx.AsyncClient) -> None:
        policy = await self._policy(client)
        assert not re.search(
            r"unsafe|\*|https?:", " ".join(source for sources in policy.values() for source in sources)
        )
        assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]

    async def test_a_store_elsewhere_may_be_sent_to_and_shown(self, dist: Path) -> None:
        async with _client(dist, "https://store.example") as client:
            policy = await self._policy(client)
        assert "https://store.example" in policy["connect-src"]
        assert "https://store.example" in policy["img-src"]
        assert "https://store.example" not in policy["script-src"]

    async def test_a_page_may_ask_for_camera_and_place_and_is_shown_in_no_frame(
        self, client: httpx.AsyncClient
    ) -> None:
        headers = (await client.get("/")).headers
        assert headers["permissions-policy"].startswith("camera=(self), geolocation=(self), microphone=()")
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


class TestStoredAt:
    async def test_our_own_store_is_here(self, tmp_path: Path) -> None:
        assert await web.stored_at(LocalStorage(tmp_path, "a secret"))() == []

    async def test_beside_it_those_whose_map_is_shown(self, tmp_path: Path) -> None:
        found = web.stored_at(LocalStorage(tmp_path, "a secret"), ["https://tiles.example"])
        assert await found() == ["https://tiles.example"]

    async def test_a_bucket_is_where_its_links_lead(self) -> None:
        address = "s3://KEY:SECRET@store.internal:9000/photos?tls=false&public=https://photos.example"
        found = web.stored_at(open_storage(address, secret="unused"))
        assert await found() == ["https://photos.example"]


class TestNotBuilt:
    @pytest.mark.parametrize(("language", "said"), [("ko", "화면이 아직"), ("en", "not built yet")])
    async def test_it_says_how_to_build_it(self, tmp_path: Path, language: str, said: str) -> None:
        async with _client(tmp_path) as client:
            response = await client.get("/", headers={"Accept-Language": language})
        assert response.status_code == 503
        assert said in response.text
        assert "make setup" in response.text
