"""By what crops and screenshots of a photo are found: the numbers of its landmarks (platform.photos.landmarks)."""

from alembic import op

revision = "waste_0007"
down_revision = "waste_0006"


def upgrade() -> None:
    op.execute(
        """
        create table waste.landmarks (
            number integer not null,
            fingerprint_id bigint not null references waste.fingerprints on delete cascade,
            primary key (number, fingerprint_id)
        )
        """
    )
    op.execute("create index landmarks_fingerprint_id_idx on waste.landmarks (fingerprint_id)")
