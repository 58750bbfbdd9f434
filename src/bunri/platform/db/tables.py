"""How every domain declares its tables: ``class Base(DeclarativeBase): metadata = metadata("waste")``."""

from sqlalchemy import MetaData

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}
"""PostgreSQL's own default names, so that plain SQL migrations and the models agree."""


def metadata(schema: str) -> MetaData:
    """Metadata of one domain's schema."""
    return MetaData(schema=schema, naming_convention=NAMING)
