"""The second address of a bin: most open data gives the road address and the lot number."""

from alembic import op

revision = "locations_0003"
down_revision = "locations_0002"


def upgrade() -> None:
    op.execute("alter table locations.bins add column other_address text")
    op.execute(
        "create index bins_other_address_trgm_idx on locations.bins using gin (other_address public.gin_trgm_ops)"
    )
