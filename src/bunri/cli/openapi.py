"""``bunri openapi``: prints the OpenAPI document, from which clients are generated. No server needs to run."""

from typing import Final

import typer
from pydantic import SecretStr

from bunri.app.settings import Settings
from bunri.cli.connection import Connection

UNUSED: Final = SecretStr("signs nothing: a contract is written down")


def openapi(context: typer.Context) -> None:
    """Prints the OpenAPI document of the whole product."""
    import orjson

    from bunri.app.asgi import create_app

    connection: Connection = context.obj
    document = create_app(_unconnected(connection.given)).openapi()
    typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


def _unconnected(given: Settings) -> Settings:
    """Settings with addresses that are never used, because every part connects when it is first used."""
    return given.model_copy(
        update={
            "secret": UNUSED,
            "database_url": "postgresql://nobody@localhost/none",
            "valkey_url": "redis://localhost:6379",
        }
    )
