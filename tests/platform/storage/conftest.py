"""The stores as they are in production: the directory behind its HTTP routes, and a server that speaks S3."""

import contextlib
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI

from bunri.edge.http import objects, problems
from bunri.platform.storage import LocalStorage, Storage, open_storage
from bunri.platform.storage.s3 import S3Address, S3Storage


@dataclass(frozen=True)
class Store:
    """A store and the address at which clients reach the house."""

    storage: Storage
    base_url: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answering(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    pytest.fail("the server has ended")


@pytest.fixture(scope="session")
def local_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    storage = open_storage((tmp_path_factory.mktemp("local") / "objects").as_uri(), secret="a secret of the tests")
    assert isinstance(storage, LocalStorage)
    app = FastAPI()
    app.state.storage = storage
    app.include_router(objects.router)
    problems.install(app)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Store(storage, f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``rclone serve s3``: it checks signatures and secrets as S3 does."""
    port, key, secret = free_port(), "AKTESTS", secrets.token_hex(16)
    rclone = str(Path(sys.executable).with_name("rclone"))
    command = [
        rclone,
        "serve",
        "s3",
        "--auth-key",
        f"{key},{secret}",
        "--addr",
        f"127.0.0.1:{port}",
        "--vfs-cache-mode=off",
    ]
    with subprocess.Popen([*command, str(tmp_path_factory.mktemp("s3"))], stderr=subprocess.DEVNULL) as process:
        answering(port, process)
        yield f"s3://{key}:{secret}@127.0.0.1:{port}/bunri?tls=false"
        process.kill()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def s3_store(s3_address: str) -> Store:
    storage = open_storage(s3_address, secret="")
    assert isinstance(storage, S3Storage)
    await storage.ensure_bucket()
    return Store(storage, "http://unused.example")


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest) -> Store:
    found = request.getfixturevalue(f"{request.param}_store")
    assert isinstance(found, Store)
    return found


@pytest.fixture(scope="session")
def moto_address() -> Iterator[S3Address]:
    """moto's server: it knows lifecycles, but takes any signature."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        answering(port, process)
        yield S3Address.parse(f"s3://key:secret@127.0.0.1:{port}/bunri?tls=false&region=ap-northeast-2")
        process.kill()


@pytest_asyncio.fixture(loop_scope="session")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client
