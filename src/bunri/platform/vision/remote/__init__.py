"""Vision models as remote services."""
