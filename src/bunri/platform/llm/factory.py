"""From settings to a language model."""

from bunri.platform.llm.protocol import RemoteModel
from bunri.platform.llm.settings import LlmSettings


def open_model(settings: LlmSettings) -> RemoteModel | None:
    """The model that ``settings`` name, to be closed with ``aclose``; None for the built-in writer."""
    # The SDKs cost about a second and 60 MiB to import: only the one in use pays.
    match settings.provider:
        case "claude":
            from bunri.platform.llm.claude import ClaudeModel

            return ClaudeModel(settings)
        case "openai":
            from bunri.platform.llm.openai import OpenAiModel

            return OpenAiModel(settings)
        case "builtin":
            return None
