"""How sending a mail can fail."""

from bunri.kit.errors import Invalid, Missing, Unavailable


class MailUnavailable(Unavailable):
    """The mail was not taken over; another try may succeed.

    ``reason``: ``timeout``, ``circuit_open``, or what was said, such as ``451 4.7.1 Please try later``.
    ``concerns_all``: no other mail would be taken over either, as when the server cannot be reached.
    """

    code = "mail_unavailable"

    def __init__(self, reason: str, *, concerns_all: bool = True) -> None:
        super().__init__(reason=reason)
        self.reason = reason
        self.concerns_all = concerns_all


class MailRefused(Invalid):
    """The mail will never be taken over as it is: a bad address, or the server's final no.

    ``reason``: what was said, such as ``550 5.1.1 No such user``.
    """

    code = "mail_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class MailAddressInvalid(MailRefused):
    """Nobody can have this address, so no server was asked."""

    code = "mail_address_invalid"


class MailMissing(Missing):
    """No mail that was given up has this id (``id``)."""

    code = "mail_missing"
