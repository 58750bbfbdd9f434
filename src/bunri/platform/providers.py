"""How endpoints and tasks reach services without knowing who made them; ``app.container`` implements it."""

from typing import Protocol, TypeVar

T = TypeVar("T")


class Providers(Protocol):
    """The services of this process, each made once."""

    def get(self, kind: type[T]) -> T:
        """The one ``kind`` of this process."""
        ...
