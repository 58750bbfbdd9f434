"""Weekly tests, and their questions."""

from alembic import op

revision = "learning_0004"
down_revision = "learning_0003"

TABLES = (
    """
    create table learning.tests (
        id uuid primary key,
        person text not null,
        week date not null,
        made_by text not null,
        created_at timestamptz not null,
        completed_at timestamptz
    )
    """,
    "create unique index tests_week_idx on learning.tests (person, week)",
    """
    create table learning.test_questions (
        test_id uuid not null references learning.tests on delete cascade,
        position smallint not null,
        card_id uuid references learning.cards on delete set null,
        kind text not null,
        question text not null,
        statement text,
        choices text[] not null,
        answer text not null,
        accepted text[] not null,
        material text,
        given text,
        score smallint,
        answered_at timestamptz,
        primary key (test_id, position)
    )
    """,
    "create index test_questions_card_idx on learning.test_questions (card_id)",
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table learning.test_questions")
    op.execute("drop table learning.tests")
