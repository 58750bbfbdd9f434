"""Addresses and names by words."""

from alembic import op

revision = "locations_0002"
down_revision = "locations_0001"


def upgrade() -> None:
    for column in ("address", "name"):
        op.execute(f"create index bins_{column}_trgm_idx on locations.bins using gin ({column} public.gin_trgm_ops)")
