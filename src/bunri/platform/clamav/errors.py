"""How asking the scanner can fail."""

from bunri.kit.errors import Unavailable


class ScannerUnavailable(Unavailable):
    """It is away, too slow, or answers what it should not. What was to be scanned counts as not scanned. Data:
    ``reason``, which is for the log."""

    code = "scanner_unavailable"
