"""Who said what an item is: the person whose photo it is, or neighbours who voted on it."""

from alembic import op

revision = "waste_0005"
down_revision = "waste_0004"


def upgrade() -> None:
    op.execute("alter table waste.corrections add column said_by text not null default 'owner'")
