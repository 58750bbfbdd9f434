"""The tasks of a domain that sends mails."""

from typing import Any, Final

from bunri.platform.mail.delivery import MailDelivery
from bunri.platform.mail.events import MailQueued
from bunri.platform.queue import Handler

RETRIES: Final = 8
AT_ONCE: Final = 2
"""Tasks of a process that wait for a mail server at the same time. The queue has other work, of which a server that
hangs must not take the place."""


def mail_handlers(schema: str, send_task: str, retry_task: str, delivery: MailDelivery) -> tuple[Handler, Handler]:
    """``send_task`` follows MailQueued of ``schema``; ``retry_task`` comes from time to time, and sends what the other
    one left because it was busy."""
    sending, retrying = 0, False

    async def send(_: object, payload: dict[str, Any]) -> None:
        nonlocal sending
        queued = MailQueued.model_validate(payload)
        if queued.schema_name != schema or sending >= AT_ONCE:
            return
        sending += 1
        try:
            await delivery.send(queued.mail_id)
        finally:
            sending -= 1

    async def retry(*_: object) -> None:
        nonlocal retrying
        if retrying:
            return
        retrying = True
        try:
            await delivery.retry_due()
        finally:
            retrying = False

    # A mail server that is away is no failure of the task. What is tried again here is a database that is.
    return Handler(send_task, send, MailQueued.topic, RETRIES), Handler(retry_task, retry, None)
