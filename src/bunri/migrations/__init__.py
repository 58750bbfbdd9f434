"""Alembic: one lineage and one version table per domain's schema."""
