"""Every expected failure has a code of its own and a sentence in both languages."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import bunri
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, catalogue


def _all() -> Iterator[type[BunriError]]:
    for module in pkgutil.walk_packages(bunri.__path__, "bunri."):
        if not module.name.startswith(("bunri.platform.db.alembic", "bunri.__main__")):
            importlib.import_module(module.name)
    waiting = [BunriError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("bunri."):
            yield kind


@pytest.fixture(scope="module")
def errors() -> list[type[BunriError]]:
    """Not while tests are collected: it loads everything that there is."""
    return sorted(set(_all()), key=lambda kind: (kind.__module__, kind.__name__))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_failure_has_a_sentence(errors: list[type[BunriError]], language: Language) -> None:
    known = catalogue(language)
    assert len(errors) > 100
    assert [kind for kind in errors if f"errors.{kind.code}" not in known] == []


def test_no_two_failures_share_a_code_without_being_kin(errors: list[type[BunriError]]) -> None:
    by_code: dict[str, type[BunriError]] = {}
    for kind in errors:
        other = by_code.setdefault(kind.code, kind)
        assert issubclass(kind, other) or issubclass(other, kind), (kind, other)
