"""``bunri up`` and the commands that run parts of it: ``serve``, ``work``, ``beat``, ``migrate``, ``targets``."""

import asyncio
import sys
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from bunri.app.registry import ALL, REGISTRY
from bunri.app.settings import SecretMissing, Settings
from bunri.cli.connection import Connection
from bunri.cli.options import Data
from bunri.platform.telemetry.logs import configure_logs
from bunri.platform.telemetry.traces import start_traces, stop_traces

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]

LARGEST_FRAME: Final = 256 * 1024
"""Bytes of a websocket frame, before anybody parses it; Socket.IO's own limit is below."""


def up(
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data: Data = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that look at photos.")] = 1,
) -> None:
    """Everything on one machine: embedded servers, the API, workers and beat, as supervised children."""
    from bunri.app.up import run

    connection: Connection = context.obj
    connection.data = data
    raise typer.Exit(run(connection.given, host, port, workers))


def serve(
    context: typer.Context,
    name: Annotated[str, typer.Option("--target", help="See `bunri targets`.")] = "all",
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data: Data = None,
) -> None:
    """The HTTP side of a target."""
    import uvicorn

    from bunri.app.asgi import create_app
    from bunri.edge.http.connections import with_limits
    from bunri.edge.http.fast_path import with_fast_path
    from bunri.edge.http.security_headers import as_lines
    from bunri.edge.realtime.frames import FramesProtocol

    connection: Connection = context.obj
    connection.data = data
    settings = _given_settings(connection) if REGISTRY.target(name).stands_alone else _working_settings(context)
    start_traces(settings.traces, f"bunri-{name}")
    app = create_app(settings, name)
    headers = as_lines(app.state.security_headers)
    uvicorn.run(
        app,
        http=with_fast_path(app.state.fast_path, with_limits(settings.http, headers), headers),
        proxy_headers=False,  # uvicorn would believe this machine, and FORWARDED_ALLOW_IPS: ClientAddress knows better
        ws=FramesProtocol,
        ws_max_size=LARGEST_FRAME,
        ws_ping_interval=None,  # Socket.IO has pings of its own, which its clients answer
        ws_per_message_deflate=False,  # a compressor of 300 KiB a socket, for messages of a few hundred bytes
        host=host,
        port=port,
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=settings.http.idle_s,
        timeout_graceful_shutdown=5,
    )
    stop_traces()


def work(
    context: typer.Context,
    queue: Annotated[list[str], typer.Option(help="Repeat for several; see `bunri targets`.")] = list(REGISTRY.queues),  # noqa: B006
    concurrency: Annotated[int | None, typer.Option(min=1, help="Tasks at once.")] = None,
    host: Host = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port for /health, /ready and /metrics; without it, none.")
    ] = None,
    beat: Annotated[bool, typer.Option("--beat", help="Start the scheduled tasks, too, as `bunri beat` does.")] = False,
) -> None:
    """A worker of one or more queues."""
    from bunri.app.worker import work as run

    listen = (host, port) if port else None
    raise typer.Exit(run(_working_settings(context), queue, concurrency, listen, schedules=beat))


def beat(context: typer.Context) -> None:
    """Starts the scheduled tasks; run one."""
    from bunri.app.beat import beat as run

    run(_working_settings(context))


def migrate(
    context: typer.Context,
    sample: Annotated[bool, typer.Option(help="Add a few sample bins when there are none.")] = False,
) -> None:
    """Brings the database up to date and loads the rule table. Safe to run again."""
    from bunri.app.migrations import migrate_all

    asyncio.run(migrate_all(_working_settings(context), sample=sample))


def targets() -> None:
    """Shows which target owns which domains, URLs and queues."""
    table = Table("target", "domains", "URL prefixes", "queues", "needs")
    for one in (*REGISTRY.targets, REGISTRY.target(ALL)):
        table.add_row(one.name, *(" ".join(column) for column in (one.domains, one.prefixes, one.queues, one.needs)))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _working_settings(context: typer.Context) -> Settings:
    """Settings with servers: those given, those of a running `bunri up`, or servers of this command's own."""
    connection: Connection = context.obj
    settings = connection.settings
    if settings.secret is None:
        raise SecretMissing
    configure_logs(settings.log_level)
    return settings


def _given_settings(connection: Connection) -> Settings:
    """Settings of a target that needs no servers."""
    configure_logs(connection.given.log_level)
    return connection.given
