"""Songs and who sings them."""

from alembic import op

revision = "songs_0001"
down_revision = None


def upgrade() -> None:
    op.execute("create table songs.songs (title text primary key, singer text not null)")
