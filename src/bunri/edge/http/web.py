"""The web app: what ``npm run build`` left in ``edge/web/dist``, with the headers that let a browser trust and keep it.

Addresses of pages all answer with ``index.html``, and the app finds the page. Scripts, styles and letters have a hash
of their content in their name and are kept for a year; everything else is asked for again, by ETag.
"""

import asyncio
import base64
import hashlib
import html
import mimetypes
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from bunri.kit.languages import negotiate, text
from bunri.platform.storage import Storage

DIST: Final = Path(__file__).parents[1] / "web" / "dist"
INDEX: Final = "/index.html"
HASHED: Final = "/assets/"
THEIRS: Final = re.compile(r"/(api|detect|docs|internal|socket\.io|dev|health|ready|metrics|openapi\.json)(/|$)")
"""Never a page of the app, even where nothing answers: src/sw/sw.ts has the same list."""

ENCODINGS: Final = {"br": ".br", "gzip": ".gz"}
"""Best first, and how ``scripts/compress.mjs`` names the files."""

_EMPTY_STYLE: Final = f"'sha256-{base64.b64encode(hashlib.sha256(b'').digest()).decode()}'"
"""Emotion makes an empty ``<style>`` and fills it through the CSSOM, which no policy forbids."""

_INLINE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)

Origins = Callable[[], Awaitable[Sequence[str]]]
"""Other origins that pictures are sent to and shown from."""

HEADERS: Final = {
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class File:
    """A file of the build; ``etag`` is of its content before compression."""

    path: Path
    media_type: str
    etag: str

    @property
    def encodings(self) -> Iterator[tuple[str, Path]]:
        """What it is packed as beside itself, best first."""
        for name, ending in ENCODINGS.items():
            packed = self.path.with_name(self.path.name + ending)
            if packed.is_file():
                yield name, packed


class WebApp(BaseRoute):
    """Comes last: takes what is a file of the build or the address of a page, and leaves the rest to be a 404."""

    path = "(web)"  # in the metrics

    def __init__(self, folder: Path, origins: Origins) -> None:
        self._folder = folder
        self._origins = origins
        self._built: int | None = None
        self._files: dict[str, File] = {}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return Match.NONE, {}
        wanted = self._wanted(scope["path"], Headers(scope=scope))
        return (Match.NONE, {}) if wanted is None else (Match.FULL, {"route": self, "web": wanted})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(scope["web"], Headers(scope=scope))
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    def _wanted(self, path: str, headers: Headers) -> str | None:
        """The file that answers; None when nothing of ours does."""
        self._look()
        if path in self._files:
            return path
        if path == "/":
            return INDEX
        page = "text/html" in headers.get("accept", "") and not THEIRS.match(path) and not path.startswith(HASHED)
        return INDEX if page else None

    def _look(self) -> None:
        """Learns the files of the build, anew when there is another one."""
        index = self._folder / INDEX[1:]
        built = index.stat().st_mtime_ns if index.is_file() else None
        if built == self._built:
            return
        self._files = {f"/{file.relative_to(self._folder).as_posix()}": _file(file) for file in _shown(self._folder)}
        self._built = built

    async def _respond(self, name: str, headers: Headers) -> Response:
        file = self._files.get(name)
        if file is None:
            return _not_built(headers)
        encoding, path = _choose(file, headers.get("accept-encoding", ""))
        told = {
            **HEADERS,
            "Cache-Control": "public, max-age=31536000, immutable" if name.startswith(HASHED) else "no-cache",
            "Vary": "Accept-Encoding",
            "ETag": f'"{file.etag}{"-" + encoding if encoding else ""}"',
        }
        if told["ETag"] in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=told)
        if encoding:
            told["Content-Encoding"] = encoding
        if file.media_type == "text/html":
            told["Content-Security-Policy"] = policy(file.path.read_text("utf-8"), await self._origins())
        return Response(await asyncio.to_thread(path.read_bytes), headers=told, media_type=file.media_type)


def policy(page: str, origins: Sequence[str]) -> str:
    """The Content-Security-Policy of ``page``: our own files, its inline scripts as they stand, and ``origins``."""
    scripts = [f"'sha256-{_sha256(script)}'" for script in _INLINE.findall(page)]
    directives = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *scripts],
        "style-src": ["'self'", _EMPTY_STYLE],
        "img-src": ["'self'", "blob:", "data:", *origins],
        "connect-src": ["'self'", *origins],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def stored_at(storage: Storage, others: Sequence[str] = ()) -> Origins:
    """Where browsers meet ``storage``, when that is not here, and ``others``: whose map they show."""
    found: list[str] | None = None

    async def origins() -> Sequence[str]:
        nonlocal found
        if found is None:
            parts = urlsplit(await storage.url("kept/origin", expires_in=timedelta(minutes=1), base_url=""))
            found = [*([f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []), *others]
        return found

    return origins


def _shown(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.is_file() and not hidden and file.suffix not in ENCODINGS.values():
            yield file


def _file(path: Path) -> File:
    known = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".woff2": "font/woff2"}
    media_type = known.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return File(path, media_type, hashlib.sha256(path.read_bytes()).hexdigest()[:32])


def _choose(file: File, accepted: str) -> tuple[str | None, Path]:
    """The best encoding that the browser takes (RFC 9110 §12.5.3) and the file that has it."""
    taken = {
        part.partition(";")[0].strip()
        for part in accepted.lower().split(",")
        if part.partition("q=")[2].strip() not in ("0", "0.0", "0.00", "0.000")
    }
    return next(((name, path) for name, path in file.encodings if name in taken), (None, file.path))


def _not_built(headers: Headers) -> Response:
    language = negotiate(headers.get("accept-language"))
    said = html.escape(text("web.not_built", language))
    page = f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>bunri</title><p>{said}</p>'
    links = '<p><a href="/docs">/docs</a> · <a href="/ready">/ready</a></p>'
    return HTMLResponse(page + links, status_code=503, headers={"Cache-Control": "no-store"})


def _sha256(written: str) -> str:
    return base64.b64encode(hashlib.sha256(written.encode()).digest()).decode()
