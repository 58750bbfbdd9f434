"""A class that is being handed over to another teacher, by a link that one of them accepts."""

from alembic import op

revision = "learning_0008"
down_revision = "learning_0007"

STATEMENTS = (
    """
    create table learning.class_handovers (
        class_id uuid primary key references learning.classes on delete cascade,
        token_hash bytea not null unique,
        expires_at timestamptz not null,
        person text,
        name text,
        accepted_at timestamptz
    )
    """,
    "create index class_handovers_person_idx on learning.class_handovers (person) where person is not null",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
