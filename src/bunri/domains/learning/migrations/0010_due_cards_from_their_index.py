"""Cards that are due are read from their index alone, without a page of the table for each of them."""

from alembic import op

revision = "learning_0010"
down_revision = "learning_0009"

STATEMENTS = (
    "drop index learning.memories_due_idx",
    "create index memories_due_idx on learning.memories (person, due_day) "
    "include (card_id, note_id, deck_id, last_day, stability) where state = 2 and not suspended",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
