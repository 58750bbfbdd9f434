"""Every expected failure has a code of its own and a sentence in both languages."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import bunri
from bunri.kit.errors import BunriError
from bunri.kit.languages import catalogue


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


ERRORS = sorted(set(_all()), key=lambda kind: (kind.__module__, kind.__name__))


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.code)
def test_a_failure_has_a_sentence_in_both_languages(kind: type[BunriError]) -> None:
    assert f"errors.{kind.code}" in catalogue("ko")
    assert f"errors.{kind.code}" in catalogue("en")


def test_no_two_failures_share_a_code_without_being_kin() -> None:
    by_code: dict[str, type[BunriError]] = {}
    for kind in ERRORS:
        other = by_code.setdefault(kind.code, kind)
        assert issubclass(kind, other) or issubclass(other, kind), (kind, other)
