"""A plugin for the tests of the version before: those that say nothing of the schema are left out."""

from typing import Final

import pytest

REACHING: Final = {"cluster", "arrangement"}
"""Fixtures of tests/conftest.py: the server of all databases, and the running product, which asks for it later."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept = [item for item in items if _reaches_a_database(item) and not _is_split(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _reaches_a_database(item: pytest.Item) -> bool:
    return bool(REACHING & set(getattr(item, "fixturenames", ())))


def _is_split(item: pytest.Item) -> bool:
    """With a process for each target, which make the statements that one process for all makes."""
    callspec = getattr(item, "callspec", None)
    return callspec is not None and callspec.params.get("arrangement") == "split"
