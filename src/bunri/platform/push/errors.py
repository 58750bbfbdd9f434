"""What becomes of a push that was not taken."""

from bunri.kit.errors import Invalid, Missing, Unavailable


class PushGone(Missing):
    """The subscription is over: the browser, or its person, has ended it."""

    code = "push_gone"


class PushRefused(Invalid):
    """It will not be taken at another try either. ``reason``: a word for logs."""

    code = "push_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class PushUnavailable(Unavailable):
    """The push service does not take it now. ``retry_after``: the seconds that it asks for, when it does."""

    code = "push_unavailable"

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason=reason)
        self.reason = reason
        self.retry_after = retry_after
