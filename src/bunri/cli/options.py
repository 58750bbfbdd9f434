"""Options that several commands have, and the photos that several take."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final

import typer

from bunri.kit.languages import Language
from bunri.platform.photos.errors import NoPhotos

Lang = Annotated[Language, typer.Option("--lang", help="ko or en")]
Data = Annotated[Path | None, typer.Option("--data", help="Data directory. [default: BUNRI_DATA or the user's]")]
