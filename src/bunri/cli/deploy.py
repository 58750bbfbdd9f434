"""``bunri deploy``: what an installation by Compose needs, made (``init``) and looked at before anything stops
(``check``)."""

from pathlib import Path
from typing import Annotated, Final

import typer

from bunri.cli.options import Lang
from bunri.kit.languages import text

deploy = typer.Typer(
    help="Prepares and checks an installation by Compose.", no_args_is_help=True, pretty_exceptions_show_locals=False
)

FAULTY: Final = 1


@deploy.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where .env and secrets/ are written.")],
    public_url: Annotated[str, typer.Option(help="Where people will reach it: https://HOST.")],
    lang: Lang = "ko",
) -> None:
    """Writes .env and secrets/ with new random passwords. What is there already stays as it is."""
    from bunri.app.deployment.initial import write_initial

    for path in write_initial(folder, public_url):
        typer.echo(text("deploy.written", lang, path=path))


@deploy.command()
def check(
    env: Annotated[Path, typer.Option("--env", help="The .env of the installation.")] = Path(".env"),
    secrets: Annotated[Path | None, typer.Option(help="Its folder of secrets. [default: secrets/ beside it]")] = None,
    lang: Lang = "ko",
) -> None:
    """Looks at .env and the secrets before anything is stopped. Exit status 1 when something would not work."""
    from bunri.app.deployment.check import check_installation

    findings = check_installation(env, secrets or env.absolute().parent / "secrets")
    for finding in findings:
        typer.echo(finding.line(lang), err=finding.severe)
    if any(finding.severe for finding in findings):
        raise typer.Exit(FAULTY)
    typer.echo(text("deploy.sound", lang, path=env))
