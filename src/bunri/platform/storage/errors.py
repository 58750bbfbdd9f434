"""How object storage can fail."""

from bunri.kit.errors import Conflict, Forbidden, Full, Invalid, Missing, TooLarge, Unavailable, Unsupported


class BadKey(Invalid):
    """A key that is not made of plain lower-case segments."""

    code = "bad_key"


class ObjectMissing(Missing):
    code = "object_missing"


class ObjectTooLarge(TooLarge):
    """The object is larger than the reader takes. Data: ``limit`` in bytes."""

    code = "object_too_large"


class TicketInvalid(Forbidden):
    """The URL is not signed by us, or signed for something else."""

    code = "ticket_invalid"


class TicketExpired(Forbidden):
    code = "ticket_expired"


class TicketUsed(Conflict):
    """The upload has been taken over or given up: nobody waits for another one."""

    code = "ticket_used"


class WrongSize(Invalid):
    """The size of the body is not that of the ticket. Data: ``expected`` in bytes."""

    code = "wrong_size"


class WrongType(Unsupported):
    """The Content-Type is not the ticket's. Data: ``expected``."""

    code = "wrong_type"


class StorageFull(Full):
    """No room is left, or none but what the database needs to go on."""


class StorageUnavailable(Unavailable):
    """The store did not answer, or refused us. Data: ``reason``."""

    code = "storage_unavailable"
