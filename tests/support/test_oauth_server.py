"""The local server that plays Kakao, Naver and Google, as a process of its own, for tests in a browser."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.support import processes

ROOT = Path(__file__).parents[2]
APP = {"response_type": "code", "client_id": "kakao-client", "redirect_uri": "https://bunri.example/back", "state": "s"}


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a running server says that the product needs."""
    command = [sys.executable, "-m", "tests.support.oauth_server"]
    process = processes.start(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, log=tmp_path / "log", stdout=True)
    assert process.stdout is not None
    with process.stdout:
        yield json.loads(process.stdout.readline())
    processes.stop(process)


def test_it_is_ruled_from_outside(environment: dict[str, str]) -> None:
    page = environment["BUNRI_OAUTH__KAKAO__AUTHORIZE_URL"]
    base = environment["BUNRI_OAUTH__KAKAO__BASE_URL"]
    with httpx.Client() as client:
        agreed = client.get(page, params=APP)
        denied = client.get(page, params={**APP, "deny": "1"})
        client.put(base.replace("/kakao", "/deny"), json=True)
        denied_by_all = client.get(page, params=APP)
        client.put(base.replace("/kakao", "/deny"), json=False)
        client.put(f"{base}/person", json={"id": 7})
        answer = client.post(
            f"{base}/oauth/token",
            data={
                "grant_type": "authorization_code",
                "client_id": "kakao-client",
                "client_secret": environment["BUNRI_OAUTH__KAKAO__CLIENT_SECRET"],
                "redirect_uri": APP["redirect_uri"],
                "code": httpx.URL(agreed.headers["location"]).params["code"],
            },
        )
        token = answer.json()["access_token"]
        person = client.get(f"{base}/v2/user/me", headers={"Authorization": f"Bearer {token}"})
    assert httpx.URL(agreed.headers["location"]).params["state"] == "s"
    assert [httpx.URL(each.headers["location"]).params.get("error") for each in (denied, denied_by_all)] == [
        "access_denied",
        "access_denied",
    ]
    assert person.json() == {"id": 7}
