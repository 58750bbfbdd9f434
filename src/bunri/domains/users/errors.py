"""Expected failures of users."""

from bunri.kit.errors import Invalid, Missing, Unavailable


class TimeZoneUnknown(Invalid):
    """No name of the IANA time zone database. Data: ``name``."""

    code = "time_zone_unknown"


class ExportMissing(Missing):
    code = "export_missing"


class ExportFailed(Unavailable):
    """What was begun came to no end. It can be asked for again."""

    code = "export_failed"


class UnsubscribeInvalid(Invalid):
    """Not the address that we put into a mail."""

    code = "unsubscribe_invalid"
