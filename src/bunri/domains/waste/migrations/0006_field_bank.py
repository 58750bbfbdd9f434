"""What people confirmed, as features of the photos: learning in the field. Rows go with the sample that they are of."""

from alembic import op

revision = "waste_0006"
down_revision = "waste_0005"


def upgrade() -> None:
    op.execute(
        """
        create table waste.field_photos (
            job_id uuid not null,
            position smallint not null,
            network text not null,
            features bytea not null,
            opinions jsonb not null,
            primary key (job_id, position, network),
            foreign key (job_id, position) references waste.examples (job_id, position) on delete cascade
        )
        """
    )
    op.execute(
        """
        create table waste.field_versions (
            number integer generated always as identity primary key,
            network text not null,
            state text not null,
            reason text,
            since timestamptz,
            until timestamptz not null,
            photos integer not null,
            worth jsonb,
            created_at timestamptz not null
        )
        """
    )
