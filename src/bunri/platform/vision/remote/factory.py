"""From settings to a remote vision model."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from bunri.platform.llm.protocol import RemoteModel
from bunri.platform.vision.protocol import Vision
from bunri.platform.vision.remote.settings import RemoteVisionSettings


class RemoteVision(Vision, Protocol):
    """A Vision on the other side of a network."""

    async def aclose(self) -> None:
        """Ends its connections."""
        ...


def open_remote(settings: RemoteVisionSettings, items: Callable[[], Awaitable[Sequence[str]]]) -> RemoteVision | None:
    """The model that ``settings`` name, to be closed with ``aclose``; None for none. ``items`` gives the slugs among
    which a language model picks."""
    # Each brings its own client library: only the one in use is imported.
    match settings.provider:
        case "roboflow":
            from bunri.platform.vision.remote.roboflow import RoboflowVision

            return RoboflowVision(settings)
        case "huggingface":
            from bunri.platform.vision.remote.huggingface import HuggingFaceVision

            return HuggingFaceVision(settings)
        case "claude" | "openai" | "ollama":
            from bunri.platform.vision.remote.described import DescribedVision

            return DescribedVision(open_language_model(settings), settings.language, items)
        case "none":
            return None


def open_language_model(settings: RemoteVisionSettings) -> RemoteModel:
    """The language model that looks at photos, to be closed with ``aclose``."""
    if settings.provider == "claude":
        from bunri.platform.llm.claude import ClaudeModel

        return ClaudeModel(settings)
    from bunri.platform.llm.openai import OpenAiModel

    return OpenAiModel(settings, ollama=settings.provider == "ollama")
