"""The message catalogues: every sentence that people read.

A domain has its own (``texts/{ko,en}.toml`` in its package); what edge, platform and app say is in
``kit/texts/{ko,en}/``, one TOML file a subject.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, get_args

Language = Literal["ko", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT: Final[Language] = "ko"


_packages: list[str] = []


def add_catalogue(package: str) -> None:
    """Adds the sentences of a domain: ``<package>/texts/{ko,en}.toml``. Its keys begin with the package's last name,
    but for the table ``errors``, which all share."""
    if package not in _packages and (resources.files(package) / "texts").is_dir():
        _packages.append(package)
        catalogue.cache_clear()


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """All sentences of one language by dotted key: ``errors.too_large`` is ``too_large`` in ``errors.toml``."""
    folder = resources.files("bunri.kit") / "texts" / language
    sentences: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            _flatten(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8")), sentences)
    for package in _packages:
        table = tomllib.loads((resources.files(package) / "texts" / f"{language}.toml").read_text("utf-8"))
        _flatten("errors", table.pop("errors", {}), sentences)
        _flatten(package.rpartition(".")[2], table, sentences)
    return sentences


def _flatten(prefix: str, table: Mapping[str, Any], into: dict[str, str]) -> None:
    for key, value in table.items():
        if isinstance(value, Mapping):
            _flatten(f"{prefix}.{key}", value, into)
        else:
            into[f"{prefix}.{key}"] = str(value)


def text(key: str, language: Language, /, **data: object) -> str:
    """The sentence ``key`` with its ``{placeholders}`` filled. Raises KeyError for a key no catalogue has."""
    return catalogue(language)[key].format(**data)


def negotiate(accept_language: str | None) -> Language:
    """The best supported language for an ``Accept-Language`` header (RFC 9110 §12.5.4); Korean when it names none."""
    best: tuple[float, Language] | None = None
    for part in (accept_language or "").split(",")[:16]:
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if language in LANGUAGES and weight > 0 and (best is None or weight > best[0]):
            best = (weight, "ko" if language == "ko" else "en")
    return best[1] if best else DEFAULT


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
