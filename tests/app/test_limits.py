"""Limits, addresses and headers of a running server: what uvicorn is told, and the ways around the application."""

from collections.abc import Iterator

import httpx
import pytest
from tests.conftest import OwnSettings
from tests.support.platform import Platform, running

from bunri.app.settings import Settings
from bunri.kit.ids import new_id

LIMITS = {
    "BUNRI_LIMITS__NETWORK__GUEST": "3/minute",
    "BUNRI_LIMITS__NETWORK__READ": "50/minute",
    "BUNRI_LIMITS__NETWORK__PHOTO_MB": "20/day",
}
BEHIND_A_PROXY = {**LIMITS, "BUNRI_HTTP__TRUSTED_PROXIES": '["127.0.0.1"]', "BUNRI_PUBLIC_URL": "https://bunri.example"}


@pytest.fixture(scope="module")
async def own(own_settings: OwnSettings) -> Settings:
    return await own_settings()


@pytest.fixture(scope="module")
def behind(own: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A server to which this machine is a proxy."""
    logs = tmp_path_factory.mktemp("logs")
    with running(own, "single", logs, workers=False, **BEHIND_A_PROXY) as started:
        yield started


@pytest.fixture(scope="module")
def bare(own: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A server that nobody told of a proxy."""
    with running(own, "single", tmp_path_factory.mktemp("logs"), workers=False, **LIMITS) as started:
        yield started


def address() -> str:
    part = new_id().hex[-12:]
    return f"2001:db8:{part[:4]}:{part[4:8]}::1"


def guest(platform: Platform, forwarded: str | None) -> httpx.Response:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    url = platform.url("/api/v1/auth/guest")
    return platform.http.post(url, json={"username": "초록이"}, headers=headers)


def test_each_network_behind_a_proxy_makes_so_many_guests(behind: Platform) -> None:
    one, other = address(), address()
    made = [guest(behind, f"{address()}, {one}") for _ in range(4)]
    assert [each.status_code for each in made] == [201, 201, 201, 429]
    assert made[0].headers["ratelimit-remaining"] == "2"
    assert made[0].headers["cache-control"] == "no-store"
    assert made[3].json()["code"] == "too_many_guests"
    assert guest(behind, other).status_code == 201


def test_an_address_that_nobody_trustworthy_wrote_is_not_believed(bare: Platform) -> None:
    made = [guest(bare, address()) for _ in range(6)]
    assert [each.status_code for each in made] == [201, 201, 201, 429, 429, 429]


def test_nor_is_a_scheme(bare: Platform) -> None:
    headers = {"X-Forwarded-Proto": "https", "Authorization": f"Bearer {guest(bare, None).json()['access_token']}"}
    photo = {"content_type": "image/jpeg", "size": 100}
    job = bare.http.post(bare.url("/api/v1/waste/analyze"), headers=headers, json=photo).json()
    assert job["upload_url"].startswith("http://")


def test_a_proxy_that_says_nothing_is_one_client(behind: Platform) -> None:
    assert guest(behind, None).headers["ratelimit-limit"] == "3"
    assert [guest(behind, None).status_code for _ in range(3)][-1] == 429


def test_somebody_at_this_machine_has_no_limit(bare: Platform) -> None:
    made = [guest(bare, None) for _ in range(8)]
    assert {each.status_code for each in made} == {201}
    assert "ratelimit" not in made[0].headers


def test_one_photo_meets_no_limit(behind: Platform) -> None:
    """What a person does, with the limits that stand in the settings: begin, upload, complete, twenty looks."""
    me = address()
    signed_in = guest(behind, me).json()
    headers = {"X-Forwarded-For": me, "Authorization": f"Bearer {signed_in['access_token']}"}
    ask = behind.http.request
    for _ in range(5):
        photo = {"content_type": "image/jpeg", "size": 100}
        job = ask("POST", behind.url("/api/v1/waste/analyze"), headers=headers, json=photo)
        assert job.status_code == 201
        ticket = job.json()
        assert ticket["upload_url"].startswith("https://bunri.example/")
        path = ticket["upload_url"].removeprefix("https://bunri.example")
        upload_headers = {"X-Forwarded-For": me, **ticket["upload_headers"]}
        uploaded = ask("PUT", behind.url(path), headers=upload_headers, content=bytes(100))
        assert uploaded.status_code == 200
        complete = behind.url(f"/api/v1/waste/upload-complete/{ticket['job_id']}")
        assert ask("POST", complete, headers=headers, json={}).status_code == 200
        looks = [ask("GET", behind.url(f"/api/v1/waste/status/{ticket['job_id']}"), headers=headers) for _ in range(20)]
        assert {look.status_code for look in looks} == {200}
        for answer in (looks[-1], uploaded):  # the fast path too
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
            assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"


def test_the_photos_of_a_network_of_guests_have_so_much_room_a_day(behind: Platform) -> None:
    where = address()
    tokens = [guest(behind, where).json()["access_token"] for _ in range(3)]
    answers = [
        behind.http.post(
            behind.url("/api/v1/waste/analyze"),
            json={"content_type": "image/jpeg", "size": 8 * 2**20},
            headers={"Authorization": f"Bearer {token}", "X-Forwarded-For": where},
        )
        for token in tokens
    ]
    assert [each.status_code for each in answers] == [201, 201, 429]
    assert answers[2].json()["code"] == "too_many_bytes"


def test_the_web_app_health_and_readiness_are_never_limited(behind: Platform) -> None:
    base = behind.url("/api/v1/auth").removesuffix("/api/v1/auth")
    headers = {"X-Forwarded-For": address(), "Accept": "text/html"}
    for path in ("/", "/health", "/ready", "/docs"):
        answers = [behind.http.get(base + path, headers=headers) for _ in range(60)]
        assert 429 not in {each.status_code for each in answers}
    words = [behind.http.get(base + "/api/v1/recycling/categories", headers=headers) for _ in range(51)]
    assert [each.status_code for each in words] == [200] * 50 + [429]


def test_metrics_are_not_for_whom_a_proxy_asks(behind: Platform, bare: Platform) -> None:
    for platform in (behind, bare):
        base = platform.url("/api/v1/auth").removesuffix("/api/v1/auth")
        assert platform.http.get(f"{base}/metrics").status_code == 200
        assert platform.http.get(f"{base}/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_a_refused_connection_says_as_much(behind: Platform) -> None:
    base = behind.url("/api/v1/auth").removesuffix("/api/v1/auth")
    refused = behind.http.get(f"{base}/health", headers={"X-Long": "x" * 40_000})
    assert refused.status_code == 431
    assert refused.headers["strict-transport-security"] == "max-age=31536000"


def test_a_page_from_elsewhere_polls_the_ordinary_way(behind: Platform) -> None:
    me = address()
    signed_in = guest(behind, me).json()
    headers = {"X-Forwarded-For": me, "Authorization": f"Bearer {signed_in['access_token']}"}
    photo = {"content_type": "image/jpeg", "size": 100}
    job = behind.http.post(behind.url("/api/v1/waste/analyze"), headers=headers, json=photo).json()
    url = behind.url(f"/api/v1/waste/status/{job['job_id']}")
    near = behind.http.get(url, headers=headers)
    far = behind.http.get(url, headers={**headers, "Origin": "https://elsewhere.example"})
    assert ("x-request-id" in near.headers, "x-request-id" in far.headers) == (False, True)
    assert far.headers["ratelimit-policy"].startswith('"poll"')
    shared = {name: value for name, value in near.headers.items() if name != "date"}
    assert {name: far.headers[name] for name in shared} == shared
