"""A room, its people, and the files that they send each other over HTTP."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from tests.support.api import bare_app, client_of

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import AccessVerifier
from bunri.domains.auth.service.guests import Guests
from bunri.domains.chat.endpoints import files, messages, rooms
from bunri.domains.chat.service.file_removal import FileRemoval
from bunri.edge.http import objects
from bunri.edge.http.requests import RequestContext

CHAT = "/api/v1/chat"


@dataclass
class Post:
    """The routes of chat and of the local store, over real services."""

    container: InlineContainer
    http: httpx.AsyncClient

    @classmethod
    def of(cls, container: InlineContainer) -> "Post":
        app = bare_app(rooms.router, messages.router, files.router, objects.router)
        app.add_middleware(RequestContext)
        app.state.providers = container
        app.state.verifier = container.get(AccessVerifier)
        app.state.public_url = None
        app.state.storage = container.storage
        return cls(container, client_of(app))

    async def arrive(self, name: str = "초록이") -> "Sender":
        tokens = await self.container.get(Guests).sign_in(name)
        who = self.container.get(AccessVerifier).verify(tokens.access_token)
        return Sender(self, tokens.access_token, who.id)

    async def purge(self) -> None:
        await self.container.get(FileRemoval).purge()

    async def kept(self, file_id: str) -> list[str]:
        """The objects that there are of a file."""
        keys = [f"incoming/{file_id}", *(f"attachments/{file_id}{end}" for end in ("", ".webp", ".preview.webp"))]
        return [key for key in keys if await self.container.storage.stat(key)]


@dataclass
class Sender:
    post: Post
    token: str
    id: str

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return await self.post.http.request(method, f"{CHAT}{path}", headers=headers, **more)

    async def room(self, *others: "Sender", kind: str = "public") -> str:
        made = await self.ask("POST", "/rooms", json={"name": "우리 동네", "kind": kind})
        room: str = made.json()["_id"]
        for each in others:
            assert (await each.ask("POST", f"/rooms/{room}/join")).status_code == 200
        return room

    async def announces(
        self, room: str, data: bytes, name: str = "a.jpg", type_: str = "image/jpeg", **more: Any
    ) -> httpx.Response:
        body = {"name": name, "content_type": type_, "size": len(data), **more}
        return await self.ask("POST", f"/rooms/{room}/files", json=body)

    async def uploads(self, ticket: dict[str, Any], data: bytes, **headers: str) -> httpx.Response:
        """To wherever the ticket says: here, or S3."""
        sent = {"content": data, "headers": ticket["upload_headers"] | headers}
        if ticket["upload_url"].startswith("http://test"):
            return await self.post.http.request(ticket["upload_method"], ticket["upload_url"], **sent)
        async with httpx.AsyncClient() as http:
            return await http.request(ticket["upload_method"], ticket["upload_url"], **sent)

    async def completes(self, file_id: str) -> httpx.Response:
        return await self.ask("POST", f"/files/{file_id}/complete")

    async def sends(self, room: str, data: bytes, name: str = "a.jpg", type_: str = "image/jpeg") -> httpx.Response:
        """From the announcement to what became of it."""
        announced = await self.announces(room, data, name, type_)
        assert announced.status_code == 201, announced.text
        assert (await self.uploads(announced.json(), data)).is_success
        return await self.completes(announced.json()["file_id"])

    async def has_sent(self, room: str, data: bytes, name: str = "a.jpg", type_: str = "image/jpeg") -> dict[str, Any]:
        response = await self.sends(room, data, name, type_)
        assert response.status_code == 200, response.text
        document: dict[str, Any] = response.json()
        return document

    async def says(self, room: str, *file_ids: str, **more: Any) -> httpx.Response:
        return await self.ask("POST", f"/rooms/{room}/messages", json={"fileIds": list(file_ids), **more})

    async def gets(self, file_id: str | UUID, what: str = "") -> httpx.Response:
        return await self.ask("GET", f"/files/{file_id}{what}")


def refused(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]
