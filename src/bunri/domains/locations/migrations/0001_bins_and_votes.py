"""Bins with their place on the earth, and what people say about them."""

from alembic import op

revision = "locations_0001"
down_revision = None

KINDS = ("recycling", "pet", "carton", "clothes", "battery", "lamp", "medicine", "electronics", "food", "street")


def upgrade() -> None:
    # A body that is parsed now, not at each call: it works under any search_path, as in a restore.
    op.execute(
        """
        create function locations.normal_radius(lat double precision) returns double precision
        language sql immutable strict parallel safe
        return 6378137.0 / sqrt(1 - 0.0066943799901413165 * sind(lat) * sind(lat))
        """
    )
    op.execute(
        """
        create function locations.ecef(lat double precision, lng double precision) returns public.cube
        language sql immutable strict parallel safe
        return public.cube(array[
            locations.normal_radius(lat) * cosd(lat) * cosd(lng),
            locations.normal_radius(lat) * cosd(lat) * sind(lng),
            locations.normal_radius(lat) * (1 - 0.0066943799901413165) * sind(lat)
        ])
        """
    )
    op.execute(
        """
        create table locations.bins (
            id uuid primary key default uuidv7(),
            kind text not null,
            name text not null,
            address text,
            lat double precision not null check (lat between -90 and 90),
            lng double precision not null check (lng between -180 and 180),
            source text not null,
            earth public.cube not null generated always as (locations.ecef(lat, lng)) stored,
            hidden_until timestamptz,
            full_until timestamptz,
            created_at timestamptz not null
        )
        """
    )
    op.execute("create index bins_earth_idx on locations.bins using gist (earth)")
    # A rare kind must not be looked for among a million others. One index (kind, earth) is four times slower.
    for kind in KINDS:
        op.execute(f"create index bins_{kind}_idx on locations.bins using gist (earth) where kind = '{kind}'")
    op.execute(
        """
        create table locations.votes (
            bin_id uuid not null references locations.bins on delete cascade,
            person text not null,
            vote text not null,
            cast_at timestamptz not null,
            primary key (bin_id, person)
        )
        """
    )
