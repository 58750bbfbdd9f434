"""The page as an ASGI application, created at the first request, one language at a time."""

import asyncio
import os
import shutil
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
from bunri.kit.errors import BunriError
from bunri.kit.languages import LANGUAGES, Language, negotiate

if TYPE_CHECKING:
    from fastapi import FastAPI

PREFIX: Final = "/detect"
UPLOADS: Final = tuple(f"{PREFIX}/{language}{UPLOAD}" for language in LANGUAGES)
"""Paths with bodies larger than JSON; the request filter limits them."""
FOLDER_MB: Final = 256
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
        self._pages: dict[Language, ASGIApp] = {}
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
            await refusal(Request(scope), error)(scope, receive, send)

    async def _answer(self, scope: Scope) -> ASGIApp:
        _, _, first = path_below_mount(scope).partition("/")
        wanted, slash, _ = first.partition("/")
        if not wanted:
            language = negotiate(Request(scope).headers.get("accept-language"))
            return RedirectResponse(f"{PREFIX}/{language}/", 307, headers={"Vary": "Accept-Language"})
        for language in LANGUAGES:
            if wanted == language:
                return await self._page(language) if slash else RedirectResponse(f"{PREFIX}/{language}/", 307)
        raise PageMissing

    async def _page(self, language: Language) -> ASGIApp:
        async with self._creating:
            if language not in self._pages:
                self._pages[language] = await self._create(language)
        return self._pages[language]

    async def _create(self, language: Language) -> ASGIApp:
        detection = self._detection()
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
        from bunri.edge.playground.page import application

        return application(detection, self._folder, language, home=self._home)

    def _prepare_folder(self) -> None:
        """Creates the folder, and deletes those of processes that were killed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for other in self._folder.parent.iterdir():
            if other != self._folder and not (other.name.isdecimal() and psutil.pid_exists(int(other.name))):
                shutil.rmtree(other, ignore_errors=True)

    async def close(self) -> None:
        await self._closing.aclose()
        shutil.rmtree(self._folder, ignore_errors=True)
