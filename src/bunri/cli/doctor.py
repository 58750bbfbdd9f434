"""``bunri doctor``: what is wrong, and what to do about it."""

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from bunri.cli.connection import Connection
from bunri.cli.options import Data, Lang
from bunri.cli.serving import Host, Port
from bunri.kit.languages import text

FAULTY: Final = 1


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One document, for machines.")] = False,
    certificate: Annotated[
        list[Path] | None, typer.Option(metavar="PEM", help="Also look when this certificate ends; repeat for several.")
    ] = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """진단 · What is wrong with settings, machine, servers and backups, and what to do. Starts and changes nothing.

    ✗ does not work, or loses something; ! works, and somebody should know. Ends with 1 when there is a ✗, else with 0.
    """
    from bunri.app.doctor.examination import Examination, works

    connection: Connection = context.obj
    connection.data = data
    findings = Examination(
        given=lambda: connection.given,
        running=lambda: connection.running,
        host=host,
        port=port,
        certificates=certificate or (),
        lang=lang,
    ).findings()
    if as_json:
        told = [
            {"kind": it.kind, "severe": it.severe, "sentence": it.sentence(lang), "data": dict(it.data)}
            for it in findings
        ]
        typer.echo(json.dumps({"works": works(findings), "findings": told}, ensure_ascii=False))
    else:
        for finding in findings:
            typer.echo(finding.line(lang))
        if not findings:
            typer.echo(text("doctor.sound", lang))
    if not works(findings):
        raise typer.Exit(FAULTY)
