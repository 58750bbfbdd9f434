"""How calling a language model can fail."""

from bunri.kit.errors import Unavailable


class LlmFailed(Unavailable):
    """No usable answer.

    ``reason``: timeout, connection, circuit_open, status_500 …, refused, cut_short, empty, garbage.
    """

    code = "llm_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason
