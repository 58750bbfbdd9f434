"""A way around ASGI for the one answer that is asked for a thousand times a second.

An ASGI cycle costs a task, a scope's walk through each middleware and two sent messages. A *fast path* sees a request
as soon as its headers are read and may answer it with bytes; what it declines goes the ordinary way, a moment later.
Keep-alive, pipelining, time-outs and limits stay uvicorn's own.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

Headers = Iterable[tuple[bytes, bytes]]
Answer = Callable[[bytes | None], None]
"""Called once: with a whole response but for the HTTP version it begins with, or with None to send the request the
ordinary way."""


class FastPath(Protocol):
    """Looks at a GET's raw path and headers (names in lower case). True: it calls ``answer`` now or later."""

    def __call__(self, path: bytes, headers: Headers, answer: Answer) -> bool: ...


def first_of(paths: Sequence[FastPath]) -> FastPath | None:
    """One fast path that tries several in turn; None for none."""
    if len(paths) < 2:
        return paths[0] if paths else None

    def tried(path: bytes, headers: Headers, answer: Answer) -> bool:
        return any(each(path, headers, answer) for each in paths)

    return tried


def _from_elsewhere(headers: Headers) -> bool:
    """Whether a page of another origin asks, whose answer needs the headers of CORS: browsers name the origin of a GET
    only then."""
    return any(name == b"origin" for name, _ in headers)


_PROTOCOL: Final = b"HTTP/1.1 "


def with_fast_path(
    fast_path: FastPath | None, protocol: type[HttpToolsProtocol] = HttpToolsProtocol, headers: bytes = b""
) -> type[HttpToolsProtocol]:
    """uvicorn's HTTP protocol, or ``protocol`` made of it, that tries ``fast_path`` first, and adds ``headers`` (whole
    lines) to what it answers.

    No limit of requests is counted here. Such an answer costs about as much as counting it would, its asker has shown
    a good token, and what bounds the requests of a connection and the connections of a process (connections) stands
    before it.
    """
    if fast_path is None:
        return protocol
    look = fast_path

    class FastPathProtocol(protocol):  # type: ignore[valid-type, misc]  # known at run time only
        def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
            """Where uvicorn starts a request's task, be it the connection's first or one that waited its turn."""
            scope = cycle.scope

            def ordinary() -> None:
                super(FastPathProtocol, self)._start_asgi_task(cycle, app)

            def answer(response: bytes | None) -> None:
                if cycle.disconnected or self.transport.is_closing():
                    return
                if response is None or not cycle.keep_alive:  # a server that is shutting down has to say so
                    ordinary()
                    return
                cycle.response_started = cycle.response_complete = True
                status, _, rest = response.partition(b"\r\n")
                self.transport.write(b"%s%s\r\n%s%s" % (_PROTOCOL, status, headers, rest))
                self.on_response_complete()

            plain = scope["method"] == "GET" and cycle.keep_alive and not scope["query_string"]
            free = app is self.app and not self.flow.write_paused
            if not (
                plain
                and free
                and not _from_elsewhere(scope["headers"])
                and look(scope["raw_path"], scope["headers"], answer)
            ):
                ordinary()

    return FastPathProtocol
