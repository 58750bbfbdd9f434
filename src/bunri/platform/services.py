"""Opens services without saying who made them. ``app.house`` fills it; endpoints (inject.py) and tasks ask it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

T = TypeVar("T")


class Services:
    """Opens a service for one unit of work: one transaction, committed when the block ends well."""

    def __init__(self) -> None:
        self._openers: dict[type, Callable[[], AbstractAsyncContextManager[Any]]] = {}

    def offer(self, kind: type[T], opener: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._openers[kind] = opener

    def offers(self, kind: type[Any]) -> bool:
        return kind in self._openers

    def open(self, kind: type[T]) -> AbstractAsyncContextManager[T]:
        return self._openers[kind]()
