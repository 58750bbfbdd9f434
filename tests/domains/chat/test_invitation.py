"""An invitation over HTTP: its secret is in no address, and tries are counted."""

from collections.abc import AsyncIterator

import pytest
from tests.domains.chat.sending import Post, refused

from bunri.app.inline import InlineContainer
from bunri.domains.chat.endpoints import rooms
from bunri.platform.http.policy import policy_of


@pytest.fixture
async def post(container: InlineContainer) -> AsyncIterator[Post]:
    post = Post.of(container)
    yield post
    await post.http.aclose()


async def test_tells_of_the_room_to_who_sends_the_secret_in_a_body(post: Post) -> None:
    one, other = await post.arrive("하나"), await post.arrive("둘")
    room = await one.room(kind="class")
    made = (await one.ask("POST", f"/rooms/{room}/invites", json={})).json()
    shown = await other.ask("POST", "/invitation", json={"invite": made["token"]})
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.json() == {
        "room": room,
        "name": "우리 동네",
        "kind": "class",
        "members": 1,
        "invitedBy": "하나",
        "expiresAt": made["expires_at"],
        "joined": False,
    }
    wrong = await other.ask("POST", "/invitation", json={"invite": "x" * 32})
    assert refused(wrong) == (422, "invite_invalid")
    for body in ({}, {"invite": "short"}, {"invite": "x" * 65}):
        assert (await other.ask("POST", "/invitation", json=body)).status_code == 422


async def test_nobody_tries_many() -> None:
    assert policy_of(rooms.invitation).rate_limit == "sign_in"


async def test_bans_come_in_pages(post: Post) -> None:
    one = await post.arrive("하나")
    others = [await post.arrive(name) for name in ("둘", "셋", "넷")]
    room = await one.room(*others)
    for each in others:
        banned = await one.ask("POST", f"/rooms/{room}/members/{each.id}/moderation", json={"action": "ban"})
        assert banned.status_code == 204
    first = await one.ask("GET", f"/rooms/{room}/bans?limit=2")
    rest = await one.ask("GET", f"/rooms/{room}/bans?limit=2&cursor={first.headers['X-Next-Cursor']}")
    assert "X-Next-Cursor" not in rest.headers
    assert [each["userId"] for each in first.json() + rest.json()] == sorted(each.id for each in others)
    assert {each["username"] for each in first.json() + rest.json()} == {"둘", "셋", "넷"}
    assert refused(await others[0].ask("GET", f"/rooms/{room}/bans")) == (403, "not_a_member")
