"""Object detection with few threads, few open models and a bounded number of waiting requests."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from bunri.domains.detection.classes import chosen
from bunri.domains.detection.errors import DetectionBusy
from bunri.domains.detection.public import (
    DetectionOptions,
    DetectionResponse,
    EncodedPicture,
    ImageDetections,
    ImageFailure,
    ModelListed,
    ModelUsed,
)
from bunri.domains.detection.settings import DetectionSettings
from bunri.kit.errors import BunriError, Limited
from bunri.kit.languages import Language, catalogue
from bunri.kit.networks import network_of
from bunri.platform.vision.errors import ModelMissing
from bunri.platform.vision.settings import VisionSettings

if TYPE_CHECKING:  # OpenCV and ONNX Runtime are loaded at the first request: most processes never get one
    from bunri.domains.detection.model_cache import ModelCache
    from bunri.platform.photos.pool import DecoderPool
    from bunri.platform.vision.onnx import OnnxDetector
    from bunri.platform.vision.store import ModelStore

T = TypeVar("T")

PREFERRED: Final = ("dfine_nano", "rfdetr_nano", "yolov5m")
"""The default model is the first whose weights are here, the coach's without any of them. They come only when an
operator fetches them: free ones before AGPL-3.0 (DET-2), of these the quicker one first."""
RETRY_AFTER_S: Final = 2
RECENT_S: Final = 10.0
"""A request that succeeded so recently shows as much as a readiness check, which would wait behind other requests."""


class DetectionService:
    def __init__(
        self, data: Path, vision: VisionSettings, settings: DetectionSettings, decoders: "DecoderPool"
    ) -> None:
        self.settings = settings
        self._data = data
        self._vision = vision
        self._decoders = decoders
        self._pool = ThreadPoolExecutor(settings.workers, thread_name_prefix="detect")
        self._uploading = 0
        self._slots_taken = 0
        self._shares: Counter[str] = Counter()
        self._last_success: float | None = None
        self._unload_timer: asyncio.TimerHandle | None = None

    async def detect(
        self,
        pictures: AbstractAsyncContextManager[Sequence[EncodedPicture]],
        options: DetectionOptions,
        language: Language,
    ) -> DetectionResponse:
        async with self._upload_slot(), pictures as arrived, self._concurrency_slot():
            detector = await self._run(lambda: self._open(options.model))
            chosen(options.classes or "", detector.classes, detector.name)  # refused for all pictures at once
            images = [await self._detect_in(each, detector, options, language) for each in arrived]
            return DetectionResponse(
                await self._run(lambda: self._used(detector)), tuple(detector.classes), tuple(images)
            )

    async def models(self, language: Language) -> list[ModelListed]:
        return await self._run(lambda: self._list(language))

    async def classes(self, model: str | None) -> tuple[str, ...]:
        async with self._concurrency_slot():
            return (await self._run(lambda: self._open(model))).classes

    async def check(self, *, thorough: bool) -> str | None:
        """Readiness check: runs a model on a grey picture when ``thorough``, or when one is open anyway.

        Returns why something works less well than it could, or None.
        """
        if self._last_success is not None and time.monotonic() - self._last_success < RECENT_S:
            return None
        reason = await self._run(lambda: self._run_check(thorough=thorough))
        if not self._unload_scheduled:  # or frequent checks would keep the models open
            self._schedule_unload()
        return reason

    def close(self) -> None:
        """Waits for the picture that is being analysed."""
        if self._unload_timer:
            self._unload_timer.cancel()
        self._pool.shutdown(cancel_futures=True)

    @contextmanager
    def share_of(self, address: str) -> Iterator[None]:
        """Bounds the requests of one address, so that slow ones of one client do not keep everybody else out.

        Raises Limited. A client's network is one address (kit.networks).
        """
        network = network_of(address)
        if self._shares[network] >= self.settings.upload_slots_per_address:
            raise Limited(retry_after=RETRY_AFTER_S)
        self._shares[network] += 1
        try:
            yield
        finally:
            self._shares[network] -= 1
            if not self._shares[network]:
                del self._shares[network]

    async def _detect_in(
        self, picture: EncodedPicture, detector: "OnnxDetector", options: DetectionOptions, language: Language
    ) -> ImageDetections | ImageFailure:
        from bunri.domains.detection.inference import detect_objects

        limits = self.settings.photo
        try:
            data = await self._run(lambda: picture.file.read(limits.max_bytes + 1))
            started = time.perf_counter()
            photo = await asyncio.wrap_future(self._decoders.picture(data, limits))
            decode_ms = round((time.perf_counter() - started) * 1e3, 1)
            detections = await self._run(lambda: detect_objects(photo, decode_ms, detector, options, language))
        except BunriError as error:
            return ImageFailure(picture.name, error)
        self._last_success = time.monotonic()
        return detections.model_copy(update={"file": picture.name})

    # ── slots and threads ───────────────────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def _upload_slot(self) -> AsyncIterator[None]:
        """Counted apart from concurrency slots, which a request gets only once it has arrived completely."""
        if self._uploading >= self.settings.upload_slots:
            raise DetectionBusy(retry_after=RETRY_AFTER_S)
        self._uploading += 1
        try:
            yield
        finally:
            self._uploading -= 1

    @asynccontextmanager
    async def _concurrency_slot(self) -> AsyncIterator[None]:
        if self._slots_taken >= self.settings.concurrency_slots:
            raise DetectionBusy(retry_after=RETRY_AFTER_S)
        self._slots_taken += 1
        try:
            yield
        finally:
            self._slots_taken -= 1
            self._schedule_unload()

    @property
    def _unload_scheduled(self) -> bool:
        """Whether no model is open, or a time is set at which they are closed."""
        opened = "model_cache" in vars(self) and not self.model_cache.empty
        return not opened or (
            self._unload_timer is not None and self._unload_timer.when() > asyncio.get_running_loop().time()
        )

    def _schedule_unload(self) -> None:
        """Closes the models after some time without requests, so that an idle process uses little memory."""
        loop = asyncio.get_running_loop()
        if self._unload_timer:
            self._unload_timer.cancel()
        self._unload_timer = loop.call_later(
            self.settings.idle_unload_s, lambda: loop.run_in_executor(self._pool, self.model_cache.clear)
        )

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    # ── in a thread ───────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _store(self) -> "ModelStore":
        from bunri.platform.vision.store import ModelStore

        return ModelStore.of(self._data, self._vision)

    @cached_property
    def model_cache(self) -> "ModelCache":
        from bunri.domains.detection.model_cache import ModelCache

        return ModelCache(self._store, self._vision, self.settings.models)

    def _default(self) -> str:
        return self.settings.model or next(filter(self._here, PREFERRED), self._vision.detector)

    def _here(self, name: str) -> bool:
        """Looks at the folders itself, because the model store would load ONNX Runtime."""
        folders = (self._data / "models", self._vision.models_dir)
        return any(folder is not None and (folder / f"{name}.onnx").is_file() for folder in folders)

    def _open(self, name: str | None) -> "OnnxDetector":
        try:
            return self.model_cache.get(name or self._default())
        except ModelMissing as error:  # anybody may read this, so it does not name our folders
            raise ModelMissing(name=error.data["name"], folder="<data>/models") from None

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

    def _run_check(self, *, thorough: bool) -> str | None:
        name = self._default()
        if not self._here(name):
            return f"no weights of {name} (bunri models pull {name})"
        if thorough or (self._last_success is not None and not self.model_cache.empty):
            import numpy as np

            self.model_cache.get(name).detect(np.full((96, 96, 3), 114, np.uint8))
            return None
        return "opened by the first who asks"
