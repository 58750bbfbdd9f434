"""Versions of the rule table, their rows, and the words of the active one."""

from alembic import op

revision = "recycling_0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        """
        create table recycling.versions (
            version text primary key,
            active boolean not null,
            loaded_at timestamptz not null
        )
        """
    )
    op.execute("create unique index versions_active_idx on recycling.versions (active) where active")
    op.execute(
        """
        create table recycling.rules (
            version text not null references recycling.versions on delete cascade,
            kind text not null,
            slug text not null,
            position integer not null,
            body jsonb not null,
            primary key (version, kind, slug),
            constraint rules_sourced_check check (
                kind not in ('category', 'condition', 'item', 'override')
                or (body #> '{rule,source}' is not null and body #> '{rule,date}' is not null)
            )
        )
        """
    )
    op.execute(
        """
        create table recycling.terms (
            item text not null,
            keys text not null,
            spaced text not null,
            glued boolean not null,
            position integer not null,
            primary key (item, keys)
        )
        """
    )
    op.execute("create index terms_keys_idx on recycling.terms (keys text_pattern_ops)")
    # The table is rewritten once a release and searched all day: no list of pending entries to look through each time.
    op.execute(
        """
        create index terms_keys_trgm_idx on recycling.terms using gin (keys public.gin_trgm_ops)
        with (fastupdate = off)
        """
    )
