"""From settings to a remote vision model."""

from typing import Protocol

from bunri.platform.vision.protocol import Vision
from bunri.platform.vision.remote.settings import RemoteVisionSettings


class RemoteVision(Vision, Protocol):
    """A Vision on the other side of a network."""

    async def aclose(self) -> None:
        """Ends its connections."""
        ...


def open_remote(settings: RemoteVisionSettings) -> RemoteVision | None:
    """The model that ``settings`` name, to be closed with ``aclose``; None for none."""
    # Each brings its own client library: only the one in use is imported.
    match settings.provider:
        case "roboflow":
            from bunri.platform.vision.remote.roboflow import RoboflowVision

            return RoboflowVision(settings)
        case "huggingface":
            from bunri.platform.vision.remote.huggingface import HuggingFaceVision

            return HuggingFaceVision(settings)
        case "claude":
            from bunri.platform.llm.claude import ClaudeModel
            from bunri.platform.vision.remote.described import DescribedVision

            return DescribedVision(ClaudeModel(settings), settings.language)
        case "openai":
            from bunri.platform.llm.openai import OpenAiModel
            from bunri.platform.vision.remote.described import DescribedVision

            return DescribedVision(OpenAiModel(settings), settings.language)
        case "none":
            return None
