"""Who may call a domain from another target, and how."""

import httpx
import pytest
from tests.app.rpc.songs import TOKENS


@pytest.mark.parametrize("authorization", ["", "Bearer x", "Basic abc"])
async def test_strangers_are_refused(http: httpx.AsyncClient, authorization: str) -> None:
    response = await http.post("/internal/songs/find", json={}, headers={"authorization": authorization})
    assert (response.status_code, response.json()["code"]) == (403, "not_a_peer")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"words": 3}', b'{"words": [], "loud": true}'])
async def test_a_call_that_does_not_fit_is_refused(http: httpx.AsyncClient, body: bytes) -> None:
    headers = {"authorization": f"Bearer {TOKENS.issue()}"}
    response = await http.post("/internal/songs/find", content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (422, "call_invalid")
