"""New cards are read in their order from the index alone, as few of them as a day takes, and not sorted each time."""

from alembic import op

revision = "learning_0007"
down_revision = "learning_0006"

STATEMENTS = (
    "drop index learning.memories_new_idx",
    "create index memories_new_idx on learning.memories (person, position, card_id) include (note_id, deck_id) "
    "where state = 0 and not suspended",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
