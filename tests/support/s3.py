"""A real S3 server: ``rclone serve s3`` checks signatures and secrets as S3 does."""

import contextlib
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import processes
from tests.support.platform import free_port


def answering(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Waits until ``process`` listens on ``port``."""
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    pytest.fail("the server has ended")


@contextlib.contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """The ``s3://`` address of a server that keeps its objects in ``folder``."""
    port, key, secret = free_port(), "AKTESTS", secrets.token_hex(16)
    command = [
        str(Path(sys.executable).with_name("rclone")),
        "serve",
        "s3",
        "--auth-key",
        f"{key},{secret}",
        "--addr",
        f"127.0.0.1:{port}",
        "--vfs-cache-mode=off",
        str(folder),
    ]
    process = processes.start(command)
    try:
        answering(port, process)
        yield f"s3://{key}:{secret}@127.0.0.1:{port}/bunri?tls=false"
    finally:
        processes.stop(process)
