"""The plain detector: a few threads, a few open models, and a bounded number of people who wait for them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from bunri.domains.detection.errors import ClassUnknown, DetectionBusy
from bunri.domains.detection.public import Look, Looked, ModelListed, ModelUsed, Picture, Unseen, Wish
from bunri.domains.detection.settings import DetectionSettings
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, catalogue
from bunri.platform.vision.errors import ModelMissing
from bunri.platform.vision.settings import VisionSettings

if TYPE_CHECKING:  # OpenCV and ONNX Runtime are loaded by the first who looks: most processes never do
    from bunri.domains.detection.shelf import Shelf
    from bunri.platform.vision.onnx import OnnxDetector
    from bunri.platform.vision.store import ModelStore

T = TypeVar("T")

PREFERRED: Final = "yolov5m"
"""Looks when nobody chose and its weights are here (DET-2). They are AGPL-3.0, so an operator has to fetch them."""
RETRY_AFTER_S: Final = 2
FRESH_S: Final = 10.0
"""A look that ended so recently proves as much as a canary, which would wait behind the next ones."""


class DetectionService:
    def __init__(self, data: Path, vision: VisionSettings, settings: DetectionSettings) -> None:
        self.settings = settings
        self._data = data
        self._vision = vision
        self._pool = ThreadPoolExecutor(settings.workers, thread_name_prefix="detect")
        self._arriving = 0
        self._seated = 0
        self._ended: float | None = None
        self._rest: asyncio.TimerHandle | None = None

    async def look(
        self, pictures: AbstractAsyncContextManager[Sequence[Picture]], wish: Wish, language: Language
    ) -> Looked:
        async with self._arrival(), pictures as arrived, self._seat():
            detector = await self._run(lambda: self._take(wish.model))
            looks = [await self._run(partial(self._look, each, detector, wish, language)) for each in arrived]
            return Looked(await self._run(lambda: self._used(detector)), tuple(detector.classes), tuple(looks))

    async def models(self, language: Language) -> list[ModelListed]:
        return await self._run(lambda: self._list(language))

    async def classes(self, model: str | None) -> tuple[str, ...]:
        async with self._seat():
            return (await self._run(lambda: self._take(model))).classes

    async def check(self, *, thorough: bool) -> str | None:
        """Really looks at a grey picture, when ``thorough`` or when a model is open anyway; what there is to remark."""
        if self._ended is not None and time.monotonic() - self._ended < FRESH_S:
            return None
        remark = await self._run(lambda: self._try_out(thorough=thorough))
        if not self._resting:  # or checks that come again and again would keep the models open
            self._rest_later()
        return remark

    def close(self) -> None:
        """Waits for the look in hand."""
        if self._rest:
            self._rest.cancel()
        self._pool.shutdown(cancel_futures=True)

    # ── seats and threads ─────────────────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def _arrival(self) -> AsyncIterator[None]:
        """Apart from the seats, which nobody gets who has sent nothing yet."""
        if self._arriving >= self.settings.arriving:
            raise DetectionBusy(retry_after=RETRY_AFTER_S)
        self._arriving += 1
        try:
            yield
        finally:
            self._arriving -= 1

    @asynccontextmanager
    async def _seat(self) -> AsyncIterator[None]:
        if self._seated >= self.settings.seats:
            raise DetectionBusy(retry_after=RETRY_AFTER_S)
        self._seated += 1
        try:
            yield
        finally:
            self._seated -= 1
            self._rest_later()

    @property
    def _resting(self) -> bool:
        """Nothing is open, or a time is set at which it is put away."""
        opened = "shelf" in vars(self) and not self.shelf.empty
        return not opened or (self._rest is not None and self._rest.when() > asyncio.get_running_loop().time())

    def _rest_later(self) -> None:
        """Puts the models away once nobody has come for a while, so that an idle process is a small one."""
        loop = asyncio.get_running_loop()
        if self._rest:
            self._rest.cancel()
        self._rest = loop.call_later(self.settings.rest_s, lambda: loop.run_in_executor(self._pool, self.shelf.clear))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    # ── in a thread ───────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _store(self) -> "ModelStore":
        from bunri.platform.vision.store import ModelStore

        return ModelStore.of(self._data, self._vision)

    @cached_property
    def shelf(self) -> "Shelf":
        from bunri.domains.detection.shelf import Shelf

        return Shelf(self._store, self._vision, self.settings.models)

    def _default(self) -> str:
        return self.settings.model or (PREFERRED if self._here(PREFERRED) else self._vision.detector)

    def _here(self, name: str) -> bool:
        """Asked of the folders: the store would load the eyes."""
        folders = (self._data / "models", self._vision.models_dir)
        return any(folder is not None and (folder / f"{name}.onnx").is_file() for folder in folders)

    def _take(self, name: str | None) -> "OnnxDetector":
        try:
            return self.shelf.take(name or self._default())
        except ModelMissing as error:  # strangers read this: where our folders lie is nobody's business
            raise ModelMissing(name=error.data["name"], folder="<data>/models") from None

    def _look(self, picture: Picture, detector: "OnnxDetector", wish: Wish, language: Language) -> Look | Unseen:
        from bunri.domains.detection.looking import look

        limits = self.settings.photo
        try:
            seen = look(picture.file.read(limits.max_bytes + 1), detector, wish, language, limits)
        except ClassUnknown:
            raise
        except BunriError as error:
            return Unseen(picture.name, error)
        self._ended = time.monotonic()
        return seen.model_copy(update={"file": picture.name})

    def _used(self, detector: "OnnxDetector") -> ModelUsed:
        card = self._store.card(detector.name)
        return ModelUsed(
            id=f"{detector.name}@{detector.version}",
            name=detector.name,
            version=detector.version,
            licence=card.licence if card else None,
            page=card.page if card else None,
        )

    def _list(self, language: Language) -> list[ModelListed]:
        default, texts = self._default(), catalogue(language)
        return [
            ModelListed(
                name=listed.name,
                default=listed.name == default,
                here=listed.path is not None,
                licence=listed.card.licence if listed.card else None,
                licence_text=texts.get(f"vision.licences.{listed.card.licence}") if listed.card else None,
                page=listed.card.page if listed.card else None,
                confidence=self._vision.confidence or (listed.card.confidence if listed.card else None),
                iou=self._vision.iou or (listed.card.iou if listed.card else None),
            )
            for listed in self._store.list()
        ]

    def _try_out(self, *, thorough: bool) -> str | None:
        name = self._default()
        if not self._here(name):
            return f"no weights of {name} (bunri models pull {name})"
        if thorough or (self._ended is not None and not self.shelf.empty):
            import numpy as np

            self.shelf.take(name).detect(np.full((96, 96, 3), 114, np.uint8))
            return None
        return "opened by the first who asks"
