"""Pictures are read in processes that can be killed, whatever a picture makes its decoder do."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, replace
from threading import Condition, RLock, Thread
from typing import Any, Final, TypeVar

from bunri.platform.photos.answers import Answers, Message
from bunri.platform.photos.channel import Channel
from bunri.platform.photos.decoder_process import DecoderProcess
from bunri.platform.photos.errors import DecodersBusy, DecoderUnavailable
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.picture import CLEAN_SIDE, CleanPicture, Fractions, Header, Photo, Picture
from bunri.platform.photos.settings import DecoderSettings

T = TypeVar("T")

RETRY_AFTER_S: Final = 2
_UNFORESEEN_MB: Final = 7
"""What a decoder takes beside the pixels that the header tells of. Not all decoders can say that memory was lacking, so
a picture that would need too much is refused by its header."""
_LOOKED_AFTER_S: Final = 30
"""A warm decoder that has died while nobody needed it is replaced within so many seconds."""


class DecoderPool:
    """A few decoders, each asked by a thread of its own, and a queue of bounded length in front of them.

    The first picture starts them; ``keep_warm`` does so before, and keeps them. Each question is answered by a future:
    threads wait for its ``result``, coroutines await ``asyncio.wrap_future`` of it. To cancel it gives its place away,
    also when it is being answered: its decoder is killed then. It fails with the errors of the picture (``probe``,
    ``open_picture``), with TooCostly for one that takes more than a picture may, and with DecoderUnavailable.

    Raises DecodersBusy when too many are waiting.
    """

    def __init__(self, settings: DecoderSettings) -> None:
        self._settings = settings
        self._waiting: deque[_Job[Any]] = deque()
        self._changed = Condition()
        self._closed = False
        self._warm = False
        self._decoders: dict[DecoderProcess, Thread] = {}

    def header(self, data: bytes, limits: PhotoLimits) -> "Future[Header]":
        """Of a picture that is not decoded."""
        return self._submit("header", data, limits, Answers(limits).header)

    def picture(self, data: bytes, limits: PhotoLimits) -> "Future[Picture]":
        return self._submit("picture", data, limits, Answers(limits).picture)

    def photo(self, data: bytes, limits: PhotoLimits, *, sha256: bytes | None = None) -> "Future[tuple[Photo, bytes]]":
        """The photo, and what we store of it. ``sha256``: of ``data``, where it is known."""
        return self._submit("photo", data, limits, Answers(limits).photo, sha256)

    def avatar(self, data: bytes, limits: PhotoLimits) -> "Future[bytes]":
        """The middle of the picture as a small square, in WebP, made from pixels alone."""
        return self._submit("avatar", data, limits, Answers(limits).avatar)

    def clean(
        self, data: bytes, limits: PhotoLimits, *, crop: Fractions | None = None, side: int = CLEAN_SIDE
    ) -> "Future[CleanPicture]":
        """The picture, or the part ``crop`` of it, as others may be shown it, at most ``side`` wide and high, and a
        preview, made from pixels alone."""
        return self._submit("clean", data, limits, Answers(limits).clean, crop=crop, side=side)

    def keep_warm(self) -> None:
        """Starts the decoders, without waiting for them, and again whenever one was killed."""
        with self._changed:
            self._warm = True
            self._start_threads()
            self._changed.notify_all()

    def close(self) -> None:
        """Kills the decoders. Who still waits for an answer is cancelled."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, deque()
            self._changed.notify_all()
        for job in waiting:
            job.cancel()
        for decoder, thread in self._decoders.items():
            decoder.kill()
            thread.join()

    def _submit(
        self,
        asked: str,
        data: bytes,
        limits: PhotoLimits,
        read: Callable[[Channel], T],
        sha256: bytes | None = None,
        crop: Fractions | None = None,
        side: int = CLEAN_SIDE,
    ) -> "Future[T]":
        within = min(limits.max_working_bytes, (self._settings.memory_mb - _UNFORESEEN_MB) * 2**20)
        limits = replace(limits, max_working_bytes=within)
        question = {
            "for": asked,
            "limits": asdict(limits),
            "sha256": sha256.hex() if sha256 else None,
            "crop": crop,
            "side": side,
        }
        job = _Job(question, data, read)
        with self._changed:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._waiting = deque(each for each in self._waiting if not each.cancelled())
            if len(self._waiting) >= self._settings.waiting:
                raise DecodersBusy(retry_after=RETRY_AFTER_S)
            self._waiting.append(job)
            self._start_threads()
            self._changed.notify()
        return job

    def _start_threads(self) -> None:
        while len(self._decoders) < self._settings.processes:
            decoder = DecoderProcess(self._settings)
            thread = Thread(target=self._work, args=(decoder,), name=f"decoder-{len(self._decoders)}", daemon=True)
            self._decoders[decoder] = thread
            thread.start()

    # ── in a thread of its own ────────────────────────────────────────────────────────────────────────────────────

    def _work(self, decoder: DecoderProcess) -> None:
        while job := self._next(decoder):
            job.run(decoder)
        decoder.stop()

    def _next(self, decoder: DecoderProcess) -> "_Job[Any] | None":
        """The picture that has waited for longest; None when the pool is closed."""
        while True:
            if self._warm:
                with suppress(DecoderUnavailable):  # tried again by the next picture, or after a while
                    decoder.start()
            with self._changed:
                if self._closed:
                    return None
                if self._waiting:
                    return self._waiting.popleft()
                called = self._changed.wait(self._patience(decoder))
            if not called and not self._warm:
                decoder.stop()

    def _patience(self, decoder: DecoderProcess) -> float | None:
        if self._warm:
            return _LOOKED_AFTER_S
        return self._settings.idle_s if decoder.alive else None


class _Job(Future[T]):
    """A question, and a future with its answer."""

    def __init__(self, question: Message, data: bytes, read: Callable[[Channel], T]) -> None:
        super().__init__()
        self._question = question
        self._data = data
        self._read = read
        self._decoder: DecoderProcess | None = None
        self._lock = RLock()  # to cancel may call back

    def run(self, decoder: DecoderProcess) -> None:
        with self._lock:
            if not self.set_running_or_notify_cancel():
                return
            self._decoder = decoder
        try:
            answer = decoder.ask(self._question, self._data, self._read)
        except BaseException as error:
            self._leave()
            self.set_exception(error)
        else:
            self._leave()
            self.set_result(answer)

    def _leave(self) -> None:
        with self._lock:
            self._decoder = None

    def cancel(self) -> bool:
        """Nobody wants the answer any more: what is being decoded for it ends."""
        with self._lock:
            if self._decoder:
                self._decoder.kill()
            return super().cancel()
