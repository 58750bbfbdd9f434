"""Mail into files, for who has no mail server: ``.eml`` in a folder, which any mail program opens."""

import asyncio
import os
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from bunri.kit.clock import Clock, now
from bunri.kit.ids import new_id
from bunri.platform.mail.addresses import Sender
from bunri.platform.mail.errors import MailUnavailable
from bunri.platform.mail.message import message_of
from bunri.platform.mail.protocol import Mail

_NAME: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DRAFT_AGE_S: Final = 3600.0


class MailFolder:
    """Mailer that writes into ``folder`` and keeps the ``keep`` newest mails; several processes may."""

    def __init__(self, folder: Path, sender: Sender, keep: int, clock: Clock = now) -> None:
        self.folder: Final = folder
        self._sender = sender
        self._keep = keep
        self._clock = clock

    async def send(self, mail: Mail) -> None:
        """As Mailer: the file is complete, on the disk and readable by its owner alone when this returns."""
        content = message_of(mail, self._sender, self._clock()).as_bytes()
        try:
            await asyncio.to_thread(self._write, str(mail.id or new_id()), content)
        except OSError as error:
            raise MailUnavailable(f"{self.folder}: {error.strerror or error}") from error

    def names(self) -> list[str]:
        """The mails, newest first: names are UUIDv7, which sort by time."""
        with suppress(FileNotFoundError):
            return sorted((file.stem for file in self.folder.iterdir() if _is_mail(file)), reverse=True)
        return []

    def read(self, name: str) -> bytes | None:
        """The mail ``name`` as it was written; None when there is none."""
        if not _NAME.fullmatch(name):
            return None
        with suppress(FileNotFoundError):
            return (self.folder / f"{name}.eml").read_bytes()
        return None

    def _write(self, name: str, content: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f".{name}.{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.folder / f"{name}.eml")
        finally:
            draft.unlink(missing_ok=True)
        self._forget_old()

    def _forget_old(self) -> None:
        """All but the newest, and drafts of processes that were killed. Another process may be faster."""
        for name in self.names()[self._keep :]:
            (self.folder / f"{name}.eml").unlink(missing_ok=True)
        for draft in self.folder.glob(".*"):
            with suppress(FileNotFoundError):
                if draft.stat().st_mtime < time.time() - _DRAFT_AGE_S:
                    draft.unlink()


def _is_mail(file: Path) -> bool:
    return file.suffix == ".eml" and _NAME.fullmatch(file.stem) is not None
