"""A virus scanner: clamd, asked over its own protocol."""

from bunri.platform.clamav.clamd import Clamd, ClamdAddress
from bunri.platform.clamav.errors import ScannerUnavailable

__all__ = ["Clamd", "ClamdAddress", "ScannerUnavailable"]
