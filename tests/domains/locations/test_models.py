from sqlalchemy import text

from bunri.domains.locations.models import Base
from bunri.domains.locations.public import BinKind
from bunri.platform.db import Database

COLUMNS = """
select table_name, column_name from information_schema.columns
where table_schema = 'locations' and table_name <> 'alembic_version'
"""
INDEXES = "select tablename, indexname from pg_indexes where schemaname = 'locations' and indexname not like '%_pk%'"


class TestMigration:
    async def test_makes_what_the_models_say_with_an_index_for_each_kind(self, database: Database) -> None:
        async with database.transaction("locations") as session:
            columns = {(row[0], row[1]) for row in await session.execute(text(COLUMNS))}
            indexes = {(row[0], row[1]) for row in await session.execute(text(INDEXES))}
        tables = Base.metadata.tables.values()
        assert columns == {(table.name, column.name) for table in tables for column in table.columns}
        assert indexes == {(table.name, index.name) for table in tables for index in table.indexes}
        assert {("bins", f"bins_{kind}_idx") for kind in BinKind} < indexes
