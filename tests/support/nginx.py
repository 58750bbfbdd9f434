"""A real Nginx with the configuration that `bunri gateway nginx` makes, in front of given ports."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from tests.support import processes
from tests.support.platform import free_port

from bunri.app.gateway.nginx import Gateway, http_block
from bunri.app.gateway.table import Table, table
from bunri.app.settings import Settings

_MAIN: Final = """\
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    log_format reached "$status $upstream_addr $request_uri";
    access_log {folder}/access.log reached;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/bunri.conf;
}}
"""


def program() -> str:
    """Debian puts it where only root's shell looks."""
    found = (
        os.environ.get("NGINX_PROGRAM")
        or shutil.which("nginx")
        or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    )
    assert found, "the tests of several processes need Nginx: apt-get install nginx-light, or set NGINX_PROGRAM"
    return found


@contextmanager
def nginx(
    folder: Path, ports: Sequence[int], made: Table | None = None, settings: Settings | None = None, **told: Any
) -> Iterator[str]:
    """``ports`` are processes of the target ``all``; ``told`` is what else a Gateway is told.

    Gives the address at which it answers. ``access.log`` in ``folder`` says of each request its status, whom it
    reached, and what it asked for."""
    port = free_port()
    to = {"all": tuple(f"127.0.0.1:{each}" for each in ports), **told.pop("to", {})}
    where = {"listen": f"127.0.0.1:{port}", "cache": str(folder / "assets"), "access_log": None}
    gateway = Gateway(to=to, **{**where, **told})
    (folder / "bunri.conf").write_text(http_block(made or table(settings or Settings()), gateway))
    user = "" if os.geteuid() else "user root;"  # another could not enter the folders of tests
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user))
    command = [program(), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    process = processes.start(command, log=folder / "nginx.log")
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, folder)
        yield url
    finally:
        processes.stop(process)


def _await(url: str, folder: Path) -> None:
    for _ in range(200):
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            continue
        return
    raise AssertionError((folder / "error.log").read_text())
