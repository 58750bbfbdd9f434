"""Attacks by photos, and a worker that is short of memory."""

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import numpy as np
from PIL import Image
from tests.platform.photos.samples import corners, encoded, jpeg_segment, png_bomb, scene

from bench.attacks.found import Found
from bench.attacks.requests import Stranger
from bench.pictures import photo
from bench.worker_processes import Plan

Pictures = list[tuple[str, bytes]]


def photos(plan: Plan) -> Callable[[], Found]:
    """The pictures named ``pictures``, one after the other, each waited for."""
    made = [each for name in plan["pictures"] for each in PICTURES[name](plan["quick"])]
    allowed = set(plan["ends"])

    def attack() -> Found:
        stranger = Stranger(plan)
        wrong, slowest = Counter[str](), 0.0
        for name, picture in made:
            if not stranger.goes_on:
                stranger.found.seen["not tried: the time was over"] += 1
                continue
            end, took = _analyzed(stranger, picture, name)
            stranger.found.seen[f"{name}: {end} after {took:.1f} s"] += 1
            wrong.update([f"{name}: {end}"] if end not in allowed else [])
            slowest = max(slowest, took)
        stranger.found.wrong, stranger.found.slowest = wrong, slowest
        return stranger.over()

    return attack


def short_of_memory(plan: Plan) -> Callable[[], Found]:
    """A photo of 12 megapixels for workers that get no more memory than they have; afterwards they do again."""
    picture = photo(plan["first"])

    def attack() -> Found:
        stranger = Stranger(plan)
        with _short(plan["pids"]):
            end, took = _analyzed(stranger, picture, "JPEG")
        stranger.found.seen[f"while short: {end} after {took:.1f} s"] += 1
        return stranger.over()

    return attack


@contextmanager
def _short(pids: list[int]) -> Iterator[None]:
    before = {}
    try:
        for pid in pids:
            with suppress(OSError):  # it has ended
                _, most = before[pid] = resource.prlimit(pid, resource.RLIMIT_AS)
                resource.prlimit(pid, resource.RLIMIT_AS, (_size(pid), most))
        yield
    finally:
        for pid, limits in before.items():
            with suppress(OSError):
                resource.prlimit(pid, resource.RLIMIT_AS, limits)


def _size(pid: int) -> int:
    """Bytes of a process's address space."""
    with open(f"/proc/{pid}/statm") as file:  # noqa: PTH123
        return int(file.read().split()[0]) * resource.getpagesize()


def _analyzed(stranger: Stranger, picture: bytes, name: str) -> tuple[str, float]:
    """How a photo ended, and the seconds from the start of its analysis."""
    kind = f"image/{name.split()[0].lower()}"
    ticket = stranger.begin(len(picture), kind)
    if ticket is None or stranger.upload(ticket, picture) >= 300:
        return "refused before the upload", 0.0
    started = time.monotonic()
    stranger.complete(ticket)
    return stranger.wait(ticket), time.monotonic() - started


def _hidden_scans(_: bool) -> Pictures:
    """Two thousand scans, all but the first behind comments that look like the end of the picture."""
    data = encoded(scene(), "JPEG", progressive=True)
    scan = data.index(b"\xff\xda")
    comment = jpeg_segment(0xFE, b"\xff\xda\xff\xd9")
    return [("JPEG that hides its scans", data[:scan] + (comment + data[scan:-2]) * 200 + data[-2:])]


def _many_scans(_: bool) -> Pictures:
    """As many scans as are accepted: a hundred of 15 megapixels."""
    data = encoded(scene(4480, 3348), "JPEG", progressive=True, quality=60)
    scan = data.rindex(b"\xff\xda")
    more = 100 - data.count(b"\xff\xda")
    return [("JPEG of 100 scans", data[:-2] + data[scan:-2] * more + data[-2:])]


def _two_headers(_: bool) -> Pictures:
    small, large = png_bomb(100, 100), png_bomb(12_000, 12_000)
    return [("PNG of two headers", small[:33] + large[8:33] + small[33:])]


def _largest(quick: bool) -> Pictures:
    """The largest of each format that are accepted (docs/operations/limits.md)."""
    made: list[tuple[str, str, int, str, dict[str, Any]]] = [
        ("JPEG", "JPEG", 50, "RGB", {"quality": 60}),
        ("PNG", "PNG", 50, "RGB", {"compress_level": 1}),
        ("PNG with transparency", "PNG", 25, "RGBA", {"compress_level": 1}),
        ("PNG with a palette", "PNG", 25, "P", {"compress_level": 1}),
        ("PNG of 16 bits of grey", "PNG", 25, "I;16", {"compress_level": 1}),
        ("WebP", "WEBP", 33, "RGB", {"method": 0, "quality": 50}),
        ("WebP without loss", "WEBP", 25, "RGB", {"method": 0, "lossless": True, "quality": 0}),
        ("JPEG in scans, colours in full", "JPEG", 33, "RGB", {"progressive": True, "subsampling": 0, "quality": 50}),
        ("HEIC", "HEIF", 25, "RGB", {}),
    ]
    return [
        (name, _of(megapixels, mode, kind, **how)) for name, kind, megapixels, mode, how in made[: 2 if quick else None]
    ]


def _of(megapixels: int, mode: str, kind: str, **options: object) -> bytes:
    """Slightly less than so many megapixels, in the shape of a phone's photo."""
    width = int((megapixels * 0.99e6 * 4 / 3) ** 0.5)
    picture = corners(width // 2 * 2, width * 3 // 8 * 2)  # even areas, which encoders are soon done with
    if mode == "I;16":
        deep = Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) << 8)
        return encoded(deep, kind, **options)
    return encoded(picture.convert(mode), kind, **options)


PICTURES: Final[dict[str, Callable[[bool], Pictures]]] = {
    "hidden scans": _hidden_scans,
    "many scans": _many_scans,
    "two headers": _two_headers,
    "largest": _largest,
}
