"""The page as a part of the platform: made when somebody first comes, one language at a time."""

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
from bunri.edge.playground.door import UPLOAD, UPLOAD_MB, UPLOAD_S, Door, NothingHere, inside
from bunri.kit.errors import BunriError
from bunri.kit.languages import LANGUAGES, Language, negotiate

if TYPE_CHECKING:
    from fastapi import FastAPI

PREFIX: Final = "/detect"
UPLOADS: Final = tuple(f"{PREFIX}/{language}{UPLOAD}" for language in LANGUAGES)
"""Where bodies are larger than JSON; the door bounds them."""
FOLDER_MB: Final = 256
_QUIET: Final = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
}


class Playground:
    """An ASGI application for ``PREFIX``. ``folder`` is for uploads and results, a part of it for each process."""

    def __init__(self, detection: Callable[[], DetectionPublic], folder: Path, *, home: bool) -> None:
        self._detection = detection
        self._folder = folder / str(os.getpid())
        self._home = home
        self._pages: dict[Language, ASGIApp] = {}
        self._making = asyncio.Lock()
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
        _, _, first = inside(scope).partition("/")
        wanted, slash, _ = first.partition("/")
        if not wanted:
            language = negotiate(Request(scope).headers.get("accept-language"))
            return RedirectResponse(f"{PREFIX}/{language}/", 307, headers={"Vary": "Accept-Language"})
        for language in LANGUAGES:
            if wanted == language:
                return await self._page(language) if slash else RedirectResponse(f"{PREFIX}/{language}/", 307)
        raise NothingHere

    async def _page(self, language: Language) -> ASGIApp:
        async with self._making:
            if language not in self._pages:
                self._pages[language] = await self._make(language)
        return self._pages[language]

    async def _make(self, language: Language) -> ASGIApp:
        detection = self._detection()
        app = await asyncio.to_thread(lambda: asyncio.run(self._built(detection, language)))
        await self._closing.enter_async_context(app.router.lifespan_context(app))
        return Door(
            app,
            language,
            self._folder,
            app.state.functions,
            upload_mb=UPLOAD_MB,
            upload_s=UPLOAD_S,
            folder_mb=FOLDER_MB,
        )

    async def _built(self, detection: DetectionPublic, language: Language) -> "FastAPI":
        """Imports Gradio, which takes seconds. In a thread with a loop, or Gradio would make one and never close it."""
        self._prepare_folder()
        os.environ.update(_QUIET, GRADIO_TEMP_DIR=str(self._folder))
        from bunri.edge.playground.page import application

        return application(detection, self._folder, language, home=self._home)

    def _prepare_folder(self) -> None:
        """Ours, and without what processes that were killed left beside it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for other in self._folder.parent.iterdir():
            if other != self._folder and not (other.name.isdecimal() and psutil.pid_exists(int(other.name))):
                shutil.rmtree(other, ignore_errors=True)

    async def close(self) -> None:
        await self._closing.aclose()
        shutil.rmtree(self._folder, ignore_errors=True)
