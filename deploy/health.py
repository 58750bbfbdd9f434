"""Whether a container is healthy: for HEALTHCHECK, and so without any import of bunri, which would take a second.

``health.py [PATH]`` asks 127.0.0.1:$PORT for PATH (``/health``) and fails unless the answer is 200.
``health.py --alive FILE`` fails when a worker or beat has not touched FILE (``BUNRI_ALIVE_PATH``) for a minute.
"""

import os
import socket
import sys
import time
from pathlib import Path

ALIVE_S = 60


def answers(path: str) -> bool:
    """Whether ``path`` is answered with 200 within 4 seconds."""
    address = ("127.0.0.1", int(os.environ.get("PORT", "8000")))
    with socket.create_connection(address, timeout=4) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        return connection.recv(64).split(b" ", 2)[1:2] == [b"200"]


def alive(file: str) -> bool:
    """Whether ``file`` was touched within a minute."""
    return time.time() - Path(file).stat().st_mtime < ALIVE_S


def main(words: list[str]) -> int:
    try:
        healthy = alive(words[1]) if words[:1] == ["--alive"] else answers(words[0] if words else "/health")
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0 if healthy else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
