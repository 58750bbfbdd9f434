"""Every SQL statement of invites."""

from tests.app.toy.invites import models

from bunri.platform.mail.rows import MailRows


class InvitesRepository(MailRows):
    outbox = models.outbox
    mails = models.mails
