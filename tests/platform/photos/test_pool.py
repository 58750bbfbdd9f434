"""Decoders that are killed for what a picture makes them do, by others or with their parent; and the next picture."""

import asyncio
import hashlib
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image
from tests.platform.embedded.processes import gone, running
from tests.platform.photos.samples import corners, encoded, exif, png_bomb, scene, thread_of_a_picture, webp_animation

from bunri.kit.errors import BunriError
from bunri.platform.photos.answers import Answers
from bunri.platform.photos.decoder_process import DecoderProcess
from bunri.platform.photos.errors import BrokenPhoto, DecodersBusy, DecoderUnavailable, TooCostly
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import make_thumbnail, open_photo
from bunri.platform.photos.pool import DecoderPool
from bunri.platform.photos.settings import DecoderSettings

LIMITS = PhotoLimits(max_bytes=30_000_000)
SMALL = encoded(corners(), "JPEG", exif=exif(6))
PLENTY = {"cpu_s": 60.0, "deadline_s": 60.0}

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone bounds memory, has /proc and a death signal")


@pytest.fixture(scope="module")
def slow() -> bytes:
    """Takes more than half a second of a processor."""
    return thread_of_a_picture()


@pytest.fixture
def pools() -> Iterator["Pools"]:
    made = Pools()
    yield made
    for pool in made.opened:
        pool.close()


class Pools:
    def __init__(self) -> None:
        self.opened: list[DecoderPool] = []

    def open(self, **settings: float) -> DecoderPool:
        pool = DecoderPool(DecoderSettings.model_validate(settings))
        self.opened.append(pool)
        return pool


def decoders() -> list[psutil.Process]:
    """Those of this process."""
    return [child for child in psutil.Process().children() if _is_decoder(child)]


def _is_decoder(process: psutil.Process) -> bool:
    try:
        return "bunri.platform.photos.decoder" in process.cmdline()
    except psutil.Error:
        return False


def the_decoder() -> psutil.Process:
    [found] = decoders()
    return found


def works(pool: DecoderPool) -> bool:
    return pool.picture(SMALL, LIMITS).result().pixels.shape == (160, 96, 3)


def eventually(pid: int, cpu_s: float) -> None:
    """Waits until a process has used so much time of a processor."""
    while sum(psutil.Process(pid).cpu_times()[:2]) < cpu_s:
        time.sleep(0.005)


class TestAnswers:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
    def test_are_those_of_the_functions(self, pools: Pools, kind: str) -> None:
        data = encoded(scene(), kind)
        expected = open_photo(data, LIMITS)
        pool = pools.open()
        photo, thumbnail = pool.photo(data, LIMITS).result()
        assert np.array_equal(photo.pixels, expected.pixels)
        assert (photo.header, photo.sha256, photo.phash) == (expected.header, expected.sha256, expected.phash)
        assert thumbnail == make_thumbnail(expected)
        assert np.array_equal(pool.picture(data, LIMITS).result().pixels, expected.pixels)
        assert pool.header(data, LIMITS).result() == expected.header

    @pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 640), (100, 100), (1, 300), (3000, 2)])
    def test_an_avatar_is_the_middle_square_whatever_the_shape(self, pools: Pools, width: int, height: int) -> None:
        made = Image.open(BytesIO(pools.open().avatar(encoded(scene(width, height), "PNG"), LIMITS).result()))
        assert (made.format, made.size) == ("WEBP", (256, 256))

    def test_an_avatar_has_nothing_but_pixels(self, pools: Pools) -> None:
        data = encoded(scene(), "JPEG", exif=exif(6, gps=True))
        made = pools.open().avatar(data, LIMITS).result()
        assert not Image.open(BytesIO(made)).getexif()
        assert b"Exif" not in made

    def test_a_sha_that_is_known_is_not_made_again(self, pools: Pools) -> None:
        known = hashlib.sha256(b"known").digest()
        assert pools.open().photo(SMALL, LIMITS, sha256=known).result()[0].sha256 == known

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "empty_photo"),
            (b"%PDF-1.7 and more", "not_a_photo"),
            (b"\7nonsense", "unknown_file"),
            (bytes(40_000_000), "photo_too_large"),
            (png_bomb(50_000, 50_000), "too_many_pixels"),
            (webp_animation(200), "too_many_frames"),
            (encoded(scene(), "JPEG")[:2000], "broken_photo"),
            (encoded(Image.new("LA", (7000, 7000)), "PNG", compress_level=1), "too_costly"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_errors_are_those_of_the_functions_too(self, pools: Pools, data: bytes, code: str) -> None:
        with pytest.raises(BunriError) as expected:
            open_photo(data, LIMITS)
        pool = pools.open()
        for asked in (pool.picture(data, LIMITS), pool.photo(data, LIMITS), pool.avatar(data, LIMITS)):
            with pytest.raises(type(expected.value)) as raised:
                asked.result()
            assert (raised.value.code, raised.value.data) == (code, expected.value.data)
        assert works(pool)

    def test_fifty_at_once_get_their_own(self, pools: Pools) -> None:
        sizes = [(16 + 2 * number, 48) for number in range(50)]
        pool = pools.open(processes=2)
        asked = [pool.picture(encoded(corners(*size), "PNG"), LIMITS) for size in sizes]
        assert [each.result().header.upright for each in asked] == sizes
        assert len(decoders()) == 2


class TestTooMuch:
    def test_of_a_processor(self, pools: Pools, slow: bytes) -> None:
        pool = pools.open(cpu_s=0.3, deadline_s=60)
        assert works(pool)
        before = the_decoder()
        with pytest.raises(TooCostly):
            pool.photo(slow, LIMITS).result()
        assert gone([before.pid])
        assert works(pool)

    @on_linux
    def test_of_memory(self, pools: Pools) -> None:
        """A JPEG in one scan is decoded row by row, so its header does not tell how much its pixels take."""
        pool = pools.open(memory_mb=20)
        for _ in range(2):
            with pytest.raises(TooCostly):
                pool.picture(encoded(corners(1900, 1900), "JPEG"), LIMITS).result()
            assert works(pool)

    def test_that_the_header_tells_of(self, pools: Pools) -> None:
        """libjpeg, short of memory, would call a progressive picture broken."""
        pool = pools.open(memory_mb=40)
        with pytest.raises(TooCostly):
            pool.picture(encoded(corners(4000, 3000), "JPEG", progressive=True), LIMITS).result()

    def test_of_time_without_any_work(self, pools: Pools) -> None:
        pool = pools.open(deadline_s=0.5)
        assert works(pool)
        stopped = the_decoder()
        stopped.suspend()
        with pytest.raises(TooCostly):
            pool.picture(SMALL, LIMITS).result()
        assert gone([stopped.pid])
        pool = pools.open()
        assert works(pool)

    def test_the_costliest_that_is_accepted_ends_one_way_or_the_other(self, pools: Pools) -> None:
        """As many rows as the header's bounds allow, with the limits of the product."""
        pool = pools.open()
        assert works(pool)
        with suppress(TooCostly):
            assert pool.photo(thread_of_a_picture(10_000_000), LIMITS).result(20)
        assert works(pool)


LARGEST = {
    "PNG": ("RGB", (8192, 6144), {"compress_level": 1}, 200),
    "PNG with transparency": ("RGBA", (5776, 4336), {"compress_level": 1}, 200),
    "PNG of one column": ("RGB", (1, 10_000_000), {"compress_level": 1}, 200),
    "JPEG in one scan": ("RGB", (8192, 6144), {}, 200),
    "progressive JPEG": ("RGB", (6600, 5000), {"progressive": True, "subsampling": 0}, 200),
    "WEBP": ("RGB", (6600, 5000), {"method": 0}, 200),
    "WEBP without loss": ("RGB", (5776, 4336), {"lossless": True, "method": 0, "quality": 0}, 200),
    "HEIF": ("RGB", (3000, 2000), {}, 64),  # a fourth of the largest, which takes long to make
}
"""Kind, mode, size, options and how many MiB may be taken."""


@on_linux
@pytest.mark.parametrize("kind", LARGEST)
def test_what_is_accepted_takes_no_more_memory_than_foreseen(pools: Pools, kind: str) -> None:
    mode, size, options, most = LARGEST[kind]
    picture = corners(*size).convert(mode) if min(size) > 1 else Image.new(mode, size)
    data = encoded(picture, kind.removeprefix("progressive ").split()[0], **options)
    pool = pools.open(**PLENTY)
    assert works(pool)
    before = _memory(the_decoder().pid, "VmRSS")
    assert pool.picture(data, LIMITS).result()
    assert _memory(the_decoder().pid, "VmHWM") - before - len(data) <= most * 2**20


def _memory(pid: int, name: str) -> int:
    """A line of /proc/PID/status, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith(name)) * 1024


class TestDeath:
    def test_between_two_pictures_is_not_noticed(self, pools: Pools) -> None:
        pool = pools.open()
        assert works(pool)
        dead = the_decoder()
        dead.kill()
        assert gone([dead.pid])
        assert works(pool)

    @pytest.mark.parametrize(
        ("signal_", "error"),
        [(signal.SIGKILL, TooCostly), (signal.SIGXCPU, TooCostly), (signal.SIGSEGV, BrokenPhoto)],
    )
    def test_during_a_picture_fails_that_picture_alone(
        self, pools: Pools, slow: bytes, signal_: signal.Signals, error: type[Exception]
    ) -> None:
        pool = pools.open(**PLENTY)
        assert works(pool)
        busy = the_decoder()
        used = sum(busy.cpu_times()[:2])
        failing, waiting = pool.picture(slow, LIMITS), pool.picture(SMALL, LIMITS)
        eventually(busy.pid, used + 0.05)
        busy.send_signal(signal_)
        with pytest.raises(error):
            failing.result()
        assert waiting.result().header.width == 160

    def test_signals_of_a_terminal_are_left_to_the_parent(self, pools: Pools) -> None:
        pool = pools.open()
        assert works(pool)
        decoder = the_decoder()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            decoder.send_signal(number)
        assert works(pool)
        assert the_decoder() == decoder

    @pytest.mark.parametrize("doing", ["waiting", "decoding", pytest.param("stopped", marks=on_linux)])
    def test_comes_with_the_death_of_the_parent(self, slow: bytes, doing: str) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", _PARENT, doing], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as parent:
            assert parent.stdin
            assert parent.stdout
            parent.stdin.write(struct.pack(">I", len(slow)) + slow)
            parent.stdin.flush()
            decoder = int(parent.stdout.readline())
            assert running(decoder)
            if doing == "stopped":
                os.kill(decoder, signal.SIGSTOP)
            parent.kill()
        assert gone([decoder], within=30)

    def test_the_program_cannot_be_started(self) -> None:
        decoder = DecoderProcess(DecoderSettings(), ["/no/such/program"])
        with pytest.raises(DecoderUnavailable):
            decoder.start()


_PARENT = """
import sys, time
import psutil
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.pool import DecoderPool
from bunri.platform.photos.settings import DecoderSettings
slow = sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4), "big"))
pool = DecoderPool(DecoderSettings(cpu_s=60, deadline_s=60))
assert pool.header(b"", PhotoLimits()).exception()
if sys.argv[1] == "decoding":
    pool.picture(slow, PhotoLimits())
[decoder] = psutil.Process().children()
print(decoder.pid, flush=True)
time.sleep(600)
"""


class TestTurns:
    async def test_who_is_cancelled_gives_the_decoder_away(self, pools: Pools, slow: bytes) -> None:
        pool = pools.open(**PLENTY)
        assert await asyncio.to_thread(works, pool)
        busy = the_decoder()
        used = sum(busy.cpu_times()[:2])
        asked = asyncio.ensure_future(asyncio.wrap_future(pool.picture(slow, LIMITS)))
        await asyncio.to_thread(eventually, busy.pid, used + 0.05)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert await asyncio.to_thread(works, pool)
        assert the_decoder() != busy

    def test_only_so_many_wait_and_who_is_cancelled_waits_no_longer(self, pools: Pools, slow: bytes) -> None:
        pool = pools.open(waiting=1, **PLENTY)
        assert works(pool)
        used = sum(the_decoder().cpu_times()[:2])
        first = pool.picture(slow, LIMITS)
        eventually(the_decoder().pid, used + 0.05)
        second = pool.picture(SMALL, LIMITS)
        with pytest.raises(DecodersBusy):
            pool.picture(SMALL, LIMITS)
        assert second.cancel()
        third = pool.picture(SMALL, LIMITS)
        assert first.result().header.width == 1
        assert third.result().header.width == 160

    def test_idle_decoders_end_and_warm_ones_stay(self, pools: Pools) -> None:
        pool = pools.open(idle_s=0.05)
        for _ in range(2):
            assert works(pool)
            assert gone([decoder.pid for decoder in decoders()])
        pool.keep_warm()
        while not decoders():
            time.sleep(0.01)
        assert works(pool)
        decoder = the_decoder()
        time.sleep(0.2)
        assert the_decoder() == decoder

    def test_a_pool_that_is_closed_leaves_nothing(self, pools: Pools, slow: bytes) -> None:
        pool = pools.open(**PLENTY)
        assert works(pool)
        used = sum(the_decoder().cpu_times()[:2])
        busy, waiting = pool.picture(slow, LIMITS), pool.picture(slow, LIMITS)
        eventually(the_decoder().pid, used + 0.05)
        pool.close()
        assert decoders() == []
        assert waiting.cancelled()
        assert isinstance(busy.exception(), TooCostly)


class TestTrust:
    @on_linux
    def test_a_decoder_is_given_no_secrets(self, pools: Pools, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUNRI_SECRET", "a secret that no decoder needs")
        monkeypatch.setenv("ANTHROPIC_API_KEY", "another one")
        assert works(pools.open())
        assert not {"BUNRI_SECRET", "ANTHROPIC_API_KEY"} & set(the_decoder().environ())

    @pytest.mark.parametrize(
        "answer",
        [
            "struct.pack('>IQ', 4, 0) + b'what'",
            "struct.pack('>IQ', 2**31, 0)",
            "struct.pack('>IQ', 2, 0) + b'[]'",
            "said(error='internal', data={})",
            "said(error='broken_photo', data=[])",
            "said(header=['image/jpeg', 1, 1, 1, 1], shape=[1, 1])",
            "said(header=['image/jpeg', 1, 1, 1, 1], shape=[100000, 100000], size=30_000_000_000)",
            "said(header=['image/jpeg', -1, -1, 1, 1], shape=[1, 1], size=3) + b'abc'",
            "said(header=['text/html', 1, 1, 1, 1], shape=[1, 1], size=3) + b'abc'",
            "said(header=['image/jpeg', 1, 1, 1, 1], shape=[1, 'a'], size=3) + b'abc'",
            "said(header=['image/jpeg', 1, 1, 1, 1], shape=[1, 1], size=4) + b'abcd'",
        ],
    )
    def test_nonsense_is_a_broken_photo_and_ends_the_decoder(self, answer: str) -> None:
        program = [sys.executable, "-c", _LIAR.replace("ANSWER", answer)]
        decoder = DecoderProcess(DecoderSettings(), program)
        decoder.start()
        pid = decoder.pid
        with pytest.raises(BrokenPhoto):
            decoder.ask({}, b"a picture", Answers(LIMITS).picture)
        assert pid
        assert gone([pid])

    def test_who_asks_loads_no_decoder(self) -> None:
        script = (
            "import sys; from bunri.platform.photos.pool import DecoderPool; print({'cv2', 'PIL'} & set(sys.modules))"
        )
        assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == (
            "set()\n"
        )


_LIAR = """
import json, socket, struct
connection = socket.socket(fileno=0)
def said(size=0, **message):
    head = json.dumps(message).encode()
    return struct.pack(">IQ", len(head), size) + head
connection.sendall(said(ready=True))
connection.recv(1)
connection.sendall(ANSWER)
connection.recv(2**20)
connection.recv(2**20)
"""
