"""The sentences for expected failures."""

from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, catalogue, text


def sentence(error: BunriError, language: Language) -> str:
    """The error's sentence; the sentence of its kind when the catalogue or the data lacks something."""
    return sentence_of((error.code, *_kinds(error)), error.data, language)


def sentence_of(codes: tuple[str, ...], data: dict[str, object], language: Language) -> str:
    """The first of ``codes`` that the catalogue has and ``data`` fills."""
    for code in codes:
        try:
            return text(f"errors.{code}", language, **data)
        except (KeyError, IndexError):
            continue
    return catalogue(language)["errors.internal"]


def _kinds(error: BunriError) -> tuple[str, ...]:
    return tuple(kind.code for kind in type(error).__mro__[1:] if issubclass(kind, BunriError))
