"""When each data set was last pulled by itself: several workers pull it once, and a restart pulls nothing anew."""

from alembic import op

revision = "locations_0006"
down_revision = "locations_0005"


def upgrade() -> None:
    op.execute(
        """
        create table locations.refreshes (
            dataset text not null,
            region text not null,
            tried_at timestamptz not null,
            came_at timestamptz,
            constraint refreshes_pkey primary key (dataset, region)
        )
        """
    )
