"""What is wrong with an installation, in a sentence that also says what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bunri.kit.languages import Language, text


@dataclass(frozen=True, slots=True)
class Finding:
    """``kind`` is a sentence of the catalogue (``<subject>.<kind>``) that ``data`` fills; ``severe``: something would
    not work, or data would be lost."""

    kind: str
    data: Mapping[str, str] = field(default_factory=dict)
    severe: bool = True
    subject: str = "deploy"

    def sentence(self, lang: Language) -> str:
        return text(f"{self.subject}.{self.kind}", lang, **self.data)

    def line(self, lang: Language) -> str:
        """``✗ …`` when it is severe, else ``! …``."""
        return f"{'✗' if self.severe else '!'} {self.sentence(lang)}"
