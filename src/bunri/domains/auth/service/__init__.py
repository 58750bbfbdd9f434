"""Use cases of auth."""
