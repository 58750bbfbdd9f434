"""What the outbox tells of mails."""

from uuid import UUID

from bunri.kit.events import Event


class MailQueued(Event):
    """A mail waits in the table ``mails`` of ``schema_name``; a message about another schema's is to be ignored."""

    topic = "mail.queued"
    schema_name: str
    mail_id: UUID
