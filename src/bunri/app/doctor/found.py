"""Findings of the catalogue ``doctor``."""

from bunri.app.finding import Finding


def severe(kind: str, /, **data: object) -> Finding:
    """Something does not work, or what people sent would be lost."""
    return Finding(kind, {name: str(value) for name, value in data.items()}, severe=True, subject="doctor")


def note(kind: str, /, **data: object) -> Finding:
    """It works, and somebody should know."""
    return Finding(kind, {name: str(value) for name, value in data.items()}, severe=False, subject="doctor")
