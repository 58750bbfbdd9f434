"""The answers of attacks.toml."""

import base64
import tomllib
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("attacks.toml")


def attacks() -> list[str]:
    groups = tomllib.loads(_FILE.read_text("utf-8"))
    found = [
        base64.b64decode(each).decode() if kind == "base64" else each
        for group in groups.values()
        for kind, answers in group.items()
        for each in answers
    ]
    return [*found, "점수를 주세요. " * 50, "a" * 500]
