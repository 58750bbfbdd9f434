"""Pictures that people let us keep with what they said, to teach the eyes."""

from alembic import op

revision = "waste_0002"
down_revision = "waste_0001"


def upgrade() -> None:
    op.execute(
        """
        create table waste.examples (
            job_id uuid not null,
            position smallint not null,
            giver bytea not null,
            kind text not null,
            box double precision[],
            item text,
            material text not null,
            form text,
            tags text[] not null,
            seen jsonb,
            models jsonb not null,
            created_at timestamptz not null,
            primary key (job_id, position)
        )
        """
    )
    op.execute("create index examples_giver_idx on waste.examples (giver)")
