"""Filters requests to Gradio: few paths, small bodies, no files but those of the page, no other hosts. What Gradio
answers tells no path of the server, and its errors become ours."""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, Final
from urllib.parse import quote

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bunri.edge.playground.file_names import FileNames
from bunri.edge.playground.words import script
from bunri.kit.errors import BunriError, Forbidden, Invalid, Missing, TooLarge, Unavailable
from bunri.kit.languages import Language

UPLOAD: Final = "/gradio_api/upload"
UPLOAD_MB: Final = 20
"""The largest file."""
UPLOAD_S: Final = 30.0
UPLOAD_SLOTS: Final = 8
"""Uploads received at a time, per language; others wait."""
JOIN: Final = "/gradio_api/queue/join"
FILE: Final = "/gradio_api/file="
EVENTS: Final = "/gradio_api/queue/data"
_READABLE: Final = re.compile(
    r"/|/assets/[\w./@-]+|/static/[\w./-]+|/theme\.css"
    r"|/gradio_api/(queue/data|upload_progress|file=.+)"
)
_WRITABLE: Final = (UPLOAD, JOIN)
HEADERS: Final[Mapping[str, str]] = {
    # Gradio writes its configuration into scripts of the page and its theme into styles.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
        " font-src 'self' data:; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self';"
        " worker-src 'self' blob:; base-uri 'self'; form-action 'none'; frame-ancestors 'self'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_SMALLEST: Final = 16 * 1024
_SPOOLED: Final = 2**20
_LEFTOVER_S: Final = 60
_OTHER_HOSTS: Final = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>|<link rel="manifest"[^>]*>')
_HEAD: Final = (
    b'<link rel="icon" href="data:image/svg+xml,'
    b"%3Csvg xmlns=%27http://www.w3.org/2000/svg%27 viewBox=%270 0 32 32%27%3E"
    b"%3Crect width=%2732%27 height=%2732%27 rx=%278%27 fill=%27%231b6b4a%27/%3E"
    b"%3Cpath d=%27M9 14V9h5M18 9h5v5M23 18v5h-5M14 23H9v-5%27"
    b" fill=%27none%27 stroke=%27white%27 stroke-width=%272.5%27/%3E%3C/svg%3E"
    b'">'
)


class PageMissing(Missing):
    """The address is none that the page uses."""

    code = "not_found"


class UploadsFull(Unavailable):
    """The folder of uploads is full. Old files in it are deleted, so a later try may succeed."""

    code = "uploads_full"


class UploadUnfinished(Invalid):
    """The upload was cut off or took too long."""

    code = "upload_unfinished"


_ERRORS: Final[Mapping[int, type[BunriError]]] = {403: Forbidden, 404: PageMissing, 413: TooLarge}
"""What a status of Gradio's means."""


def path_below_mount(scope: Scope) -> str:
    """The path below the mount point."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


class RequestFilter:
    """Wraps ``app``, which has its page at ``/<language>``; it may read and write in ``folder`` only.

    ``functions`` are the numbers that the page may call.
    """

    def __init__(
        self,
        app: ASGIApp,
        language: Language,
        folder: Path,
        functions: Collection[int],
        *,
        upload_mb: int,
        upload_s: float,
        folder_mb: int,
    ) -> None:
        self._app = app
        self._language = language
        self._folder = folder.resolve()
        self._names = FileNames(folder)
        self._functions = functions
        self._upload_mb = upload_mb
        self._upload_s = upload_s
        self._folder_mb = folder_mb
        self._upload_slots = asyncio.Semaphore(UPLOAD_SLOTS)
        self._folder_lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises PageMissing, Forbidden, Invalid, TooLarge, UploadsFull, UploadUnfinished; only ``http``."""
        path = path_below_mount(scope).removeprefix(f"/{self._language}")
        self._check_path(scope["method"], path)
        plain = _without(scope, b"accept-encoding")  # answers that are read here may not be compressed
        if path == UPLOAD:
            self._check_length(Headers(scope=scope))
            async with self._received(Request(scope, receive)) as receive, self._folder_lock:
                await self._check_folder()
                await self._forward(plain, receive, _whole(send, self._names.hide))
        elif path == JOIN:
            receive = _once(self._cleaned(await Request(scope, receive).body()))
            await self._forward(_without(plain, b"content-length"), receive, _whole(send, self._names.hide))
        elif path == "/":
            # Without the query: it could name the saved state of another person.
            await self._forward({**plain, "query_string": b""}, receive, _whole(send, self._page))
        elif path == EVENTS:
            await self._forward(plain, receive, _each(send, self._names.hide))
        elif path.startswith(FILE):
            await self._forward(self._with_file(scope, path), receive, send)
        else:
            await self._forward(scope, receive, send)

    async def _forward(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Asks Gradio. Raises an error of ours in the place of what Gradio says of its own, which names paths and
        speaks English."""
        refused: list[int] = []

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] >= 400:
                    refused.append(message["status"])
                MutableHeaders(scope=message).update(HEADERS)
            if not refused:
                await send(message)

        await self._app(scope, receive, sent)
        if refused:
            raise _ERRORS.get(refused[0], Unavailable if refused[0] >= 500 else Invalid)

    def _check_path(self, method: str, path: str) -> None:
        allowed = _READABLE.fullmatch(path) if method in ("GET", "HEAD") else method == "POST" and path in _WRITABLE
        if not allowed or ".." in path.split("/"):
            raise PageMissing

    def _with_file(self, scope: Scope, path: str) -> Scope:
        """Asks for the file that the name in the address means."""
        file = self._names.path(path.removeprefix(FILE))
        asked = f"{scope.get('root_path', '')}/{self._language}{FILE}{file}"
        return {**scope, "path": asked, "raw_path": quote(asked).encode()}

    def _check_length(self, headers: Headers) -> None:
        """A body has to declare its length; the server then enforces it."""
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > (self._upload_mb + 1) * 2**20:
            raise TooLarge

    async def _check_folder(self) -> None:
        """Called under the lock, so that concurrent uploads cannot exceed the limit together."""
        await asyncio.to_thread(_sweep, self._folder)
        if await asyncio.to_thread(_size, self._folder) > self._folder_mb * 2**20:
            raise UploadsFull

    @asynccontextmanager
    async def _received(self, request: Request) -> AsyncIterator[Receive]:
        """The complete body, in a file without a name: Gradio would keep the part of an upload that breaks off."""
        async with self._upload_slots:
            with SpooledTemporaryFile(_SPOOLED, dir=str(self._folder)) as spool:
                try:
                    async with asyncio.timeout(self._upload_s):
                        async for chunk in request.stream():
                            spool.write(chunk)
                except (TimeoutError, ClientDisconnect):
                    raise UploadUnfinished from None
                spool.seek(0)
                yield _from(spool)

    def _cleaned(self, body: bytes) -> bytes:
        """Finds the files that inputs name, which are in the folder, and removes URLs that Gradio would fetch."""
        try:
            asked = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise Invalid from error
        match asked:
            case {"fn_index": int(number)} if number in self._functions:
                pass
            case _:
                raise Invalid
        for value in _dicts(asked):
            value.pop("url", None)
            if "path" in value:
                if not isinstance(value["path"], str):
                    raise Invalid
                value["path"] = str(self._names.path(value["path"]))
        try:
            return orjson.dumps(asked)
        except TypeError as error:  # orjson parses deeper nesting than it writes
            raise Invalid from error

    def _page(self, page: bytes) -> bytes:
        """Sets the language of the page, and removes references to other hosts."""
        page = _OTHER_HOSTS.sub(b"", self._names.hide(page))
        page = page.replace(b'lang="en"', f'lang="{self._language}"'.encode(), 1)
        words = f"<script>{script(self._language)}</script>".encode()
        return page.replace(b"<head>", b"<head>" + _HEAD + words, 1)


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON document, however deep."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict(one):
                yield one
                waiting.extend(one.values())
            case list(several):
                waiting.extend(several)


def _size(folder: Path) -> int:
    """Bytes of its files, each counted as at least _SMALLEST, since a million empty files fill a disk too."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # deleted meanwhile
                total += max(Path(parent, name).stat().st_size, _SMALLEST)
    return total


def _sweep(folder: Path) -> None:
    """Removes what Gradio leaves behind: parts of forms that it refused, and the emptied folder of each picture."""
    old = time.time() - _LEFTOVER_S
    for part in folder.glob("tmp*"):
        with suppress(FileNotFoundError):
            if part.is_file() and part.stat().st_mtime < old:
                part.unlink()
    for path, _, names in os.walk(folder, topdown=False):
        parent = Path(path)
        with suppress(OSError):  # not empty, or gone meanwhile
            if not names and parent != folder and parent.stat().st_mtime < old:
                parent.rmdir()


def _from(spool: SpooledTemporaryFile[bytes]) -> Receive:
    async def receive() -> Message:
        chunk = spool.read(_SPOOLED)
        return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}

    return receive


def _once(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _without(scope: Scope, name: bytes) -> Scope:
    return {**scope, "headers": [header for header in scope["headers"] if header[0] != name]}


def _whole(send: Send, change: Callable[[bytes], bytes]) -> Send:
    """Sends an answer once it is complete, changed."""
    start: Message = {}
    parts = bytearray()

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        parts.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        body = change(bytes(parts))
        headers = MutableHeaders(scope=start)
        headers["Content-Length"] = str(len(body))
        headers["Cache-Control"] = "no-cache"
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return sent


def _each(send: Send, change: Callable[[bytes], bytes]) -> Send:
    """Sends a stream, changed message by message: Gradio sends each event at once."""

    async def sent(message: Message) -> None:
        if body := message.get("body"):
            message = {**message, "body": change(body)}
        await send(message)

    return sent
