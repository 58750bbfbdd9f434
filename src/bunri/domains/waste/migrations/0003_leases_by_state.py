"""Leases are looked through state by state: a lease that is far too long can be found, too."""

from alembic import op

revision = "waste_0003"
down_revision = "waste_0002"


def upgrade() -> None:
    op.execute(
        "create index jobs_state_lease_until_idx on waste.jobs (state, lease_until) where lease_until is not null"
    )
    op.execute("drop index waste.jobs_lease_until_idx")
