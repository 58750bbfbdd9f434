"""Bins that are pulled from open data again and again: which data set has them, and which pull found them last.

Pulls are numbered by a sequence and not by the time, since a clock may be set back.
"""

from alembic import op

revision = "locations_0004"
down_revision = "locations_0003"


def upgrade() -> None:
    op.execute(
        """
        alter table locations.bins
            add column dataset text,
            add column reference text,
            add column region text,
            add column pull bigint
        """
    )
    op.execute("create index bins_dataset_idx on locations.bins (dataset, reference) where dataset is not null")
    op.execute("create sequence locations.pulls")
