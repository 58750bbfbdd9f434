"""The tasks of a domain that sends mails."""

from typing import Any, Final

from bunri.platform.mail.delivery import MailDelivery
from bunri.platform.mail.events import MailQueued
from bunri.platform.queue import Handler

RETRIES: Final = 8


def mail_handlers(schema: str, send_task: str, retry_task: str, delivery: MailDelivery) -> tuple[Handler, Handler]:
    """``send_task`` follows MailQueued of ``schema``; ``retry_task`` comes from time to time."""

    async def send(_: object, payload: dict[str, Any]) -> None:
        queued = MailQueued.model_validate(payload)
        if queued.schema_name == schema:
            await delivery.send(queued.mail_id)

    async def retry(*_: object) -> None:
        await delivery.retry_due()

    # A mail server that is away is no failure of the task. What is tried again here is a database that is.
    return Handler(send_task, send, MailQueued.topic, RETRIES), Handler(retry_task, retry, None)
