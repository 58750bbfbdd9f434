"""What every language model provides: an answer to a prompt in a given structure."""

from typing import Protocol, TypeVar

from pydantic import BaseModel

Shape = TypeVar("Shape", bound=BaseModel)


class LanguageModel(Protocol):
    """A model that answers in structure. Many calls may run at once."""

    @property
    def name(self) -> str:
        """Provider and model, as part of cache keys: ``claude/claude-haiku-5-5``."""
        ...

    async def structured(self, *, system: str, prompt: str, shape: type[Shape], max_tokens: int = 1024) -> Shape:
        """The answer to ``prompt`` as a valid ``shape`` of at most ``max_tokens``. Raises LlmFailed."""
        ...


class RemoteModel(LanguageModel, Protocol):
    """A LanguageModel on the other side of a network, which can also be shown a picture."""

    async def structured(
        self, *, system: str, prompt: str, shape: type[Shape], max_tokens: int = 1024, jpeg: bytes | None = None
    ) -> Shape: ...

    async def check(self) -> None:
        """Asks which models there are: whether the provider answers and takes the key. Costs nothing. Raises LlmFailed
        with the ``reason``."""

    async def aclose(self) -> None:
        """Ends its connections."""
        ...
