"""Jobs, fingerprints of photos, corrections and the outbox."""

from alembic import op

revision = "waste_0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        """
        create table waste.jobs (
            id uuid primary key,
            owner text not null,
            state text not null,
            language text not null,
            content_type text not null,
            size integer not null,
            sha256 bytea,
            note text,
            tags text[] not null,
            region text,
            attempt smallint not null,
            crashes smallint not null,
            revision integer not null,
            lease_until timestamptz,
            items jsonb,
            cached text,
            eyes text,
            models jsonb,
            result jsonb,
            failure jsonb,
            kept boolean not null,
            created_at timestamptz not null,
            ended_at timestamptz
        )
        """
    )
    op.execute("create index jobs_owner_id_idx on waste.jobs (owner, id desc)")
    op.execute("create index jobs_created_at_idx on waste.jobs (created_at)")
    op.execute("create index jobs_sha256_idx on waste.jobs (sha256)")
    op.execute("create index jobs_lease_until_idx on waste.jobs (lease_until) where lease_until is not null")
    op.execute(
        """
        create table waste.fingerprints (
            id bigint generated always as identity primary key,
            sha256 bytea not null,
            phash bit(256) not null,
            eyes text not null,
            own text[] not null,
            sight jsonb not null,
            created_at timestamptz not null,
            unique (sha256, eyes)
        )
        """
    )
    op.execute(
        """
        create table waste.bands (
            band integer not null,
            fingerprint_id bigint not null references waste.fingerprints on delete cascade,
            phash bit(256) not null,
            primary key (band, fingerprint_id) include (phash)
        )
        """
    )
    op.execute("create index fingerprints_created_at_idx on waste.fingerprints (created_at)")
    op.execute("create index bands_fingerprint_id_idx on waste.bands (fingerprint_id)")
    op.execute(
        """
        create table waste.corrections (
            id uuid primary key,
            job_id uuid not null references waste.jobs on delete cascade,
            position smallint not null,
            kind text not null,
            was text,
            said text not null,
            created_at timestamptz not null
        )
        """
    )
    op.execute("create index corrections_job_id_idx on waste.corrections (job_id)")
    op.execute(
        """
        create table waste.outbox (
            id uuid primary key,
            topic text not null,
            payload jsonb not null,
            created_at timestamptz not null
        )
        """
    )
