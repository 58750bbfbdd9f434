"""The services that one router needs, without the rest of the process."""

from typing import Any, TypeVar, cast

T = TypeVar("T")


class Only:
    """``platform.providers.Providers`` of the given services alone."""

    def __init__(self, *services: Any) -> None:
        self._services = {type(service): service for service in services}

    def get(self, kind: type[T]) -> T:
        return cast("T", self._services[kind])
