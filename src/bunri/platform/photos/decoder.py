"""A decoder: the program of a process that does nothing but read pictures, and may be killed at any time.

Run by ``decoder_process`` as ``python -m bunri.platform.photos.decoder PARENT MEMORY CPU_S`` with a socket for standard
input. It imports as little as it can and is given no secrets: what it reads comes from strangers.
"""

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import cv2
import pi_heif

from bunri.kit.errors import BunriError
from bunri.kit.memory import give_back
from bunri.platform.photos.answers import (
    Message,
    avatar_message,
    clean_message,
    error_message,
    header_message,
    photo_message,
    picture_message,
)
from bunri.platform.photos.budget import Budget
from bunri.platform.photos.channel import Buffer, Channel
from bunri.platform.photos.errors import TooCostly
from bunri.platform.photos.header import probe
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import make_avatar, make_clean, make_thumbnail, open_photo, open_picture

Answer = tuple[Message, *tuple[Buffer, ...]]

_PR_SET_PDEATHSIG: Final = 1
_IDLE_S: Final = 1.0
_KEPT: Final = 32 * 2**20
"""Bytes kept from one picture to the next, as long as one comes after the other: what is given back and taken again
costs a page fault for each 4 KiB, a sixth of the time that a photo takes."""


def main() -> None:
    parent, memory, cpu_s = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    _settle(parent)
    channel, budget = Channel(socket.socket(fileno=sys.stdin.fileno())), Budget(memory, cpu_s)
    with suppress(EOFError, ConnectionError):  # the parent is gone
        channel.send({"ready": True})
        while True:
            if not channel.wait(_IDLE_S):
                _let_go(budget)
            question, size = channel.receive()
            channel.send(*_answer(question, channel.read(size), budget))
            gc.collect(0)  # Pillow's PNG files are cycles, which keep their pixels until they are collected
            if budget.kept > _KEPT:
                _let_go(budget)


def _settle(parent: int) -> None:
    """Ends with its parent, uses one core, leaves no core dump, and lets the parent decide what signals mean.

    The parent's socket is the other sign of its end, where there is no such signal or it came too early to be noticed.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cv2.setNumThreads(1)
    pi_heif.options.DECODE_THREADS = 1
    gc.freeze()  # what is imported stays: not to be looked through after each picture
    gc.disable()  # so that a picture's garbage is young, and found at once, after it


def _answer(question: Message, data: bytes, budget: Budget) -> Answer:
    try:
        with budget.bounding(len(data)):
            return _ASKED[question["for"]](data, PhotoLimits(**question["limits"]), question)
    except BunriError as error:
        return (error_message(error),)
    except MemoryError:
        return (error_message(TooCostly()),)


def _header(data: bytes, limits: PhotoLimits, _: Message) -> Answer:
    return (header_message(probe(data, limits)),)


def _picture(data: bytes, limits: PhotoLimits, _: Message) -> Answer:
    picture = open_picture(data, limits)
    return picture_message(picture), picture.pixels.data


def _photo(data: bytes, limits: PhotoLimits, question: Message) -> Answer:
    sha256 = question["sha256"]
    photo = open_photo(data, limits, sha256=bytes.fromhex(sha256) if sha256 else None)
    return photo_message(photo), photo.pixels.data, make_thumbnail(photo)


def _avatar(data: bytes, limits: PhotoLimits, _: Message) -> Answer:
    return avatar_message(), make_avatar(open_picture(data, limits))


def _clean(data: bytes, limits: PhotoLimits, question: Message) -> Answer:
    crop = question["crop"]
    picture = make_clean(data, limits, crop=tuple(crop) if crop else None, side=question["side"])
    return clean_message(picture), picture.webp, picture.preview


_ASKED: Final[Mapping[str, Callable[[bytes, PhotoLimits, Message], Answer]]] = {
    "header": _header,
    "picture": _picture,
    "photo": _photo,
    "avatar": _avatar,
    "clean": _clean,
}


def _let_go(budget: Budget) -> None:
    give_back()
    budget.settle()


if __name__ == "__main__":
    main()
