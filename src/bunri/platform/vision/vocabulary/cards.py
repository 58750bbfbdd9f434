"""The open-vocabulary models that we know by name: where they come from and under which licence (``models.toml``)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from bunri.kit.languages import Language
from bunri.platform.vision.settings import NAME

Part = Literal["vision", "text", "both", "tokenizer"]
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Interface = Literal["siglip", "clip"]
"""Which preprocessing, tokens and outputs a model has (picture.py, words.py, model.py)."""

AUTO: Final = "auto"
OFF: Final = "off"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PublishedFile(_Frozen):
    """A file of the repository; without ``sha256`` it is not pinned."""

    path: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._/-]*$")]
    bytes: int | None = Field(None, gt=0)
    sha256: Sha256 | None = None


class VocabularyCard(_Frozen):
    """One model. Its files are ``vision`` and ``text``, or one graph of ``both``, and ``tokenizer``."""

    interface: Interface
    repository: str
    revision: str
    page: str
    licence: str
    languages: tuple[Language, ...]
    side: int = Field(gt=0, description="Of the square picture that it takes, in pixels.")
    scale: float = Field(gt=0)
    memory_mb: int = Field(ge=0)
    files: Mapping[Part, PublishedFile]

    @property
    def bytes(self) -> int:
        """Of all files whose size is known."""
        return sum(file.bytes or 0 for file in self.files.values())

    def address(self, base: str, part: Part) -> str:
        """Where a file is, on the hub at ``base``."""
        return f"{base.rstrip('/')}/{self.repository}/resolve/{self.revision}/{self.files[part].path}"


Cards = Mapping[Annotated[str, StringConstraints(pattern=f"^{NAME}$")], VocabularyCard]


@cache
def cards() -> Mapping[str, VocabularyCard]:
    """All cards by name, the largest first."""
    file = resources.files("bunri.platform.vision.vocabulary") / "models.toml"
    found = TypeAdapter(Cards).validate_python(tomllib.loads(file.read_text("utf-8")))
    return dict(sorted(found.items(), key=lambda pair: -pair[1].memory_mb))


def chosen(setting: str, memory: int) -> str | None:
    """The name of the model for a machine with ``memory`` bytes; None: none is wanted.

    ``setting`` is OFF, AUTO or a name; one that no card has stands for a folder of the operator's own.
    """
    if setting == OFF:
        return None
    if setting != AUTO:
        return setting
    return next(name for name, card in cards().items() if memory >= card.memory_mb * 2**20)
