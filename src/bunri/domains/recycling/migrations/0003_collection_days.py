"""On which days what is collected: in a district, and where a building has days of its own."""

from alembic import op

revision = "recycling_0003"
down_revision = "recycling_0002"


def upgrade() -> None:
    op.execute(
        """
        create table recycling.collection_days (
            region text not null,
            building text not null,
            material text not null,
            weekday smallint not null constraint collection_days_weekday_check check (weekday between 0 and 6),
            begins time,
            ends time,
            source text not null,
            changed_by text,
            changed_at timestamptz not null,
            primary key (region, building, material, weekday)
        )
        """
    )
    op.execute(
        "create index collection_days_changed_by_idx on recycling.collection_days (changed_by) "
        "where changed_by is not null"
    )
