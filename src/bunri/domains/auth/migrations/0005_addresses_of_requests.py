"""Finds the registrations of an address that wait for its confirmation."""

from alembic import op

revision = "auth_0005"
down_revision = "auth_0004"


def upgrade() -> None:
    op.execute("create index requests_email_key_idx on auth.requests ((data ->> 'email_key')) where kind = 'register'")
