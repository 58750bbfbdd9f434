"""The stores as they are in production: the directory behind its HTTP routes, and a server that speaks S3."""

import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import uvicorn
from tests.support import processes
from tests.support.api import bare_app
from tests.support.platform import free_port
from tests.support.s3 import answering, s3_server

from bunri.edge.http import objects
from bunri.platform.storage import LocalStorage, Storage, open_storage
from bunri.platform.storage.s3 import S3Address, S3Storage


@dataclass(frozen=True)
class Store:
    """A store and the address at which clients reach the API."""

    storage: Storage
    base_url: str


@pytest.fixture(scope="session")
def local_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    storage = open_storage((tmp_path_factory.mktemp("local") / "objects").as_uri(), secret="a secret of the tests")
    assert isinstance(storage, LocalStorage)
    app = bare_app(objects.router)
    app.state.storage = storage
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
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def s3_store(s3_address: str) -> Store:
    storage = open_storage(s3_address, secret="")
    assert isinstance(storage, S3Storage)
    await storage.prepare({"uploads/": timedelta(days=30)})
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
    process = processes.start(command)
    try:
        answering(port, process)
        yield S3Address.parse(f"s3://key:secret@127.0.0.1:{port}/bunri?tls=false&region=ap-northeast-2")
    finally:
        processes.stop(process)


@pytest_asyncio.fixture(loop_scope="session")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client
