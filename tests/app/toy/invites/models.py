"""Tables of the schema ``invites``."""

from sqlalchemy.orm import DeclarativeBase

from bunri.platform.db import metadata, outbox_table
from bunri.platform.mail.table import mails_table


class Base(DeclarativeBase):
    metadata = metadata("invites")


outbox = outbox_table(Base.metadata)
mails = mails_table(Base.metadata)
