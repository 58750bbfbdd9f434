"""Who was sent out of a room is named to those who may let them back in."""

from alembic import op

revision = "chat_0005"
down_revision = "chat_0004"


def upgrade() -> None:
    op.execute("alter table chat.bans add column name text not null default ''")
    op.execute("alter table chat.bans alter column name drop default")
