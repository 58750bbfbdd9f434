"""The root command. Subcommands are imported when they are called: ``bunri beat`` should not load vision models."""

from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from bunri import __version__
from bunri.cli.connection import Connection
from bunri.platform.telemetry.logs import configure_logs

COMMANDS: Final = {
    "up": "serving:up",
    "serve": "serving:serve",
    "work": "serving:work",
    "beat": "serving:beat",
    "migrate": "serving:migrate",
    "targets": "serving:targets",
    "status": "status:status",
    "doctor": "doctor:doctor",
    "analyze": "analyze:analyze",
    "detect": "detect:detect",
    "models": "models:models",
    "bins": "bins:bins",
    "rules": "rules:rules",
    "waste": "labels:waste",
    "learn": "learn:learn",
    "mail": "mail:mail",
    "users": "users:users",
    "backup": "backup:backup",
    "restore": "restore:restore",
    "openapi": "openapi:openapi",
    "gateway": "gateway:gateway",
    "deploy": "deploy:deploy",
}
"""Name → module of this package, and in it a function or a group of commands."""

TELL_THEMSELVES: Final = frozenset({"status", "doctor"})
"""Commands whose results are what is wrong: the log need not say it again."""


class Subcommands(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # Typer's own Click has no public name
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"bunri.cli.{module}"), name)
        if isinstance(found, typer.Typer):
            group = typer.main.get_command(found)
            group.name = cmd_name
            return group
        alone = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


bunri = typer.Typer(
    cls=Subcommands,
    help="분리 · Point the camera at a piece of waste and know how to throw it away.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


@bunri.callback(invoke_without_command=True)
def root(context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Show it.")] = False) -> None:
    """분리 · Point the camera at a piece of waste and know how to throw it away.

    Settings come from BUNRI_* in the environment or from bunri.toml.
    """
    if version:
        typer.echo(__version__)
        raise typer.Exit
    # To standard error: standard output is for results.
    configure_logs("ERROR" if context.invoked_subcommand in TELL_THEMSELVES else "WARNING")
    context.obj = context.with_resource(Connection())
