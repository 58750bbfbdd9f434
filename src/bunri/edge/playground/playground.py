"""The page as an ASGI application, created in the background at the first request, one language at a time."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bunri.domains.detection.public import DetectionPublic
from bunri.edge.http.problems import refusal
from bunri.edge.playground.request_filter import (
    UPLOAD,
    UPLOAD_MB,
    UPLOAD_S,
    PageMissing,
    RequestFilter,
    path_below_mount,
)
from bunri.edge.playground.starting import WAIT, starting_page
from bunri.kit.errors import BunriError
from bunri.kit.languages import LANGUAGES, Language, negotiate
from bunri.kit.tasks import cancel_all

if TYPE_CHECKING:
    from fastapi import FastAPI

PREFIX: Final = "/detect"
UPLOADS: Final = tuple(f"{PREFIX}/{language}{UPLOAD}" for language in LANGUAGES)
"""Paths with bodies larger than JSON; the request filter limits them."""
FOLDER_MB: Final = 256
SOON_S: Final = 0.3
"""Who asks for a page that is not made yet waits so long before being told that it is starting …"""
PATIENCE_S: Final = 20.0
"""… and then so long for the page; proxies give up after 30 s or more."""
_QUIET: Final = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
}


class Playground:
    """An ASGI application for ``PREFIX``. Each process has its own subfolder of ``folder`` for uploads and results."""

    def __init__(self, detection: Callable[[], DetectionPublic], folder: Path, *, home: bool) -> None:
        self._detection = detection
        self._folder = folder / str(os.getpid())
        self._home = home
        self._pages: dict[Language, asyncio.Task[ASGIApp]] = {}
        self._creating = asyncio.Lock()
        self._closing = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        try:
            answer = await self._answer(scope)
            await answer(scope, receive, send)
        except BunriError as error:
            await refusal(Request(_in_language_of_page(scope)), error)(scope, receive, send)

    async def _answer(self, scope: Scope) -> ASGIApp:
        _, _, first = path_below_mount(scope).partition("/")
        wanted, slash, _ = first.partition("/")
        if not wanted:
            language = negotiate(Request(scope).headers.get("accept-language"))
            return RedirectResponse(f"{PREFIX}/{language}/", 307, headers={"Vary": "Accept-Language"})
        for language in LANGUAGES:
            if wanted == language:
                return await self._page(language, scope) if slash else RedirectResponse(f"{PREFIX}/{language}/", 307)
        raise PageMissing

    async def _page(self, language: Language, scope: Scope) -> ASGIApp:
        """The page, or another that says that it is starting. Parts of it wait."""
        page = self._pages.get(language)
        if page is None or (page.done() and page.exception()):  # a page that could not be made is tried again
            page = self._pages[language] = asyncio.create_task(self._create(language))
        if page.done() or path_below_mount(scope) != f"/{language}/":
            return await asyncio.shield(page)
        waiting = scope["query_string"] == WAIT.encode()
        await asyncio.wait([page], timeout=PATIENCE_S if waiting else SOON_S)
        if not page.done():
            return starting_page(language)
        made = await page
        return RedirectResponse(f"{PREFIX}/{language}/", 303) if waiting else made

    async def _create(self, language: Language) -> ASGIApp:
        detection = self._detection()
        async with self._creating:
            app = await asyncio.to_thread(lambda: asyncio.run(self._build(detection, language)))
            await self._closing.enter_async_context(app.router.lifespan_context(app))
        return RequestFilter(
            app,
            language,
            self._folder,
            app.state.functions,
            upload_mb=UPLOAD_MB,
            upload_s=UPLOAD_S,
            folder_mb=FOLDER_MB,
        )

    async def _build(self, detection: DetectionPublic, language: Language) -> "FastAPI":
        """Imports Gradio, which takes seconds. Needs an event loop, or Gradio would make one and never close it."""
        self._prepare_folder()
        os.environ.update(_QUIET, GRADIO_TEMP_DIR=str(self._folder))
        application = load_page()
        return application(detection, self._folder, language, home=self._home)

    def _prepare_folder(self) -> None:
        """Creates the folder, and deletes those of processes that were killed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for other in self._folder.parent.iterdir():
            if other != self._folder and not (other.name.isdecimal() and psutil.pid_exists(int(other.name))):
                shutil.rmtree(other, ignore_errors=True)

    async def close(self) -> None:
        await cancel_all([*self._pages.values()])
        await self._closing.aclose()
        shutil.rmtree(self._folder, ignore_errors=True)


def _in_language_of_page(scope: Scope) -> Scope:
    """As though the browser had asked for the language of the page, which shows the sentences of errors."""
    wanted = path_below_mount(scope).split("/")[1:2]
    if not any(wanted == [language] for language in LANGUAGES):
        return scope
    others = [header for header in scope["headers"] if header[0] != b"accept-language"]
    return {**scope, "headers": [*others, (b"accept-language", wanted[0].encode())]}


def load_page() -> "Callable[..., FastAPI]":
    """``page.application``. An import that fails leaves parts of Gradio behind, with which the next one would make a
    page that never works: they go."""
    try:
        from bunri.edge.playground.page import application
    except BaseException:
        for name in [each for each in sys.modules if each.startswith(("gradio", f"{__package__}.page"))]:
            del sys.modules[name]
        raise
    return application
