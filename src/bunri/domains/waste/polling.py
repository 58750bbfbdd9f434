"""The status poll's fast path: a verified token, one pipelined read from Valkey, bytes passed on unparsed.

Hundreds of clients ask every half second; what is not a plain hit (nothing cached, odd token, a stranger's job) goes
the ordinary way through FastAPI, which knows every error. ``edge.http.fast_path`` says how a request comes here.
"""

import zlib
from collections.abc import Callable, Iterable
from typing import Final, Protocol
from uuid import UUID

from bunri.domains.auth.public import AccessVerifier
from bunri.domains.waste.metrics import POLLS
from bunri.domains.waste.status_cache import CachedStatus, StatusCache, keys_of
from bunri.kit.errors import BunriError
from bunri.kit.ids import parse_id

PREFIX: Final = b"/api/v1/waste/status/"
_LENGTH: Final = len(PREFIX) + 36
_BEARER: Final = b"bearer "

Values = list[bytes | None]


class Reads(Protocol):
    """What reads keys from Valkey and calls back, with None when it cannot (platform.cache.pipelined)."""

    def read(self, keys: tuple[bytes, ...], done: Callable[[Values | None], None]) -> None: ...


class StatusPoll:
    """An ``edge.http.fast_path.FastPath``."""

    def __init__(
        self, reads: Reads, statuses: StatusCache, verifier: AccessVerifier, revalidate: Callable[[UUID], None]
    ) -> None:
        """``revalidate`` is called for jobs whose cached status is no longer fresh."""
        self._reads = reads
        self._statuses = statuses
        self._verifier = verifier
        self._revalidate = revalidate

    def __call__(
        self, path: bytes, headers: Iterable[tuple[bytes, bytes]], answer: Callable[[bytes | None], None]
    ) -> bool:
        """Takes a poll of one job by somebody with a good token; ``answer`` gets the response, or None."""
        if len(path) != _LENGTH or not path.startswith(PREFIX):
            return False
        job_id = parse_id(path[len(PREFIX) :].decode("latin-1"))
        owner, known = self._asking(headers)
        if job_id is None or owner is None:
            return False

        def done(values: Values | None) -> None:
            cached = self._statuses.parse(*values) if values else None
            if cached is None or cached.owner != owner or not (cached.fresh or cached.revalidatable):
                answer(None)
                return
            if not cached.fresh:
                self._revalidate(job_id)
            answer(_response(cached, known))

        self._reads.read(keys_of(str(job_id)), done)
        return True

    def _asking(self, headers: Iterable[tuple[bytes, bytes]]) -> tuple[str | None, bytes | None]:
        """Who asks, if the token is good, and the ETag they have."""
        token = known = None
        for name, value in headers:
            if name == b"authorization":
                token = value
            elif name == b"if-none-match":
                known = value
        if token is None or token[: len(_BEARER)].lower() != _BEARER:
            return None, known
        try:
            return self._verifier.verify(token[len(_BEARER) :].decode("latin-1")).id, known
        except BunriError:
            return None, known


def _response(cached: CachedStatus, known: bytes | None) -> bytes:
    """The response, but for the HTTP version."""
    POLLS.inc()
    document, etag = cached.document, _etag(cached.document)
    common = b"etag: %s\r\n%s" % (etag, _ENDED if cached.ended else _RUNNING)
    # A proxy that compresses the answer makes its ETag a weak one; the comparison is weak anyway (RFC 9110 §13.1.2).
    if known is not None and known.removeprefix(b"W/") == etag:
        return b"304 Not Modified\r\n%s\r\n" % common
    own = b"content-type: application/json\r\ncontent-length: %d\r\n" % len(document)
    return b"200 OK\r\n%s%s\r\n%s" % (own, common, document)


def _etag(document: bytes) -> bytes:
    return b'"%08x"' % zlib.crc32(document)


_HEADERS: Final = {"cache-control": "private, no-cache"}
_ASK_AGAIN: Final = {"retry-after": "1"}
_ENDED: Final = "".join(f"{name}: {value}\r\n" for name, value in _HEADERS.items()).encode()
_RUNNING: Final = _ENDED + "".join(f"{name}: {value}\r\n" for name, value in _ASK_AGAIN.items()).encode()


def headers_of(document: bytes, ended: bool) -> dict[str, str]:
    """What goes with a status document the ordinary way: the same."""
    return {"etag": _etag(document).decode(), **_HEADERS, **({} if ended else _ASK_AGAIN)}
