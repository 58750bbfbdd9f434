"""Bins that two people found gone lately, though too few to hide them."""

from alembic import op

revision = "locations_0005"
down_revision = "locations_0004"


def upgrade() -> None:
    op.execute("alter table locations.bins add column doubted_until timestamptz")
