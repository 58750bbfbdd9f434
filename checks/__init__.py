"""Checks of our own, beside those of ruff, mypy and import-linter."""
