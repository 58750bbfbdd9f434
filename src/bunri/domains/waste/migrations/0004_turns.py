"""Photos wait by turns: a person's second photo comes after everybody's first."""

from alembic import op

revision = "waste_0004"
down_revision = "waste_0003"


def upgrade() -> None:
    op.execute("alter table waste.jobs add column turn integer")
    op.execute("update waste.jobs set turn = 0 where state = 'uploaded'")
    op.execute("create index jobs_turn_idx on waste.jobs (turn, id) where state = 'uploaded' and turn is not null")
    op.execute(
        "create index jobs_owner_turn_idx on waste.jobs (owner, turn) where state in ('created', 'uploaded', 'seeing')"
    )
