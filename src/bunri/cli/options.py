"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

from bunri.kit.languages import Language

Lang = Annotated[Language, typer.Option("--lang", help="ko or en")]
Data = Annotated[Path | None, typer.Option("--data", help="Data directory. [default: BUNRI_DATA or the user's]")]
