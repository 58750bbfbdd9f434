"""Codes on paper that stand in for a lost second factor: 120 random bits each, as six groups of four letters and
digits. Pure."""

import base64
import hashlib
import re
import secrets
from typing import Final

COUNT: Final = 10
_BYTES: Final = 15
_LETTERS: Final = 24
_MISREAD: Final = str.maketrans("0189", "OIBG")
"""Digits that base32 does not have, and the letters that they are mistaken for."""


def new_codes() -> list[str]:
    """Ten, as ``ABCD-EFGH-IJKL-MNOP-QRST-UVWX``."""
    return [_grouped(base64.b32encode(secrets.token_bytes(_BYTES)).decode()) for _ in range(COUNT)]


def kept_hash(typed: str) -> bytes | None:
    """What is kept of a code, however it is typed; None for what is no code. SHA-256 is enough for 120 random bits
    (ASVS 6.5.2)."""
    letters = "".join(each for each in typed.upper() if each.isalnum()).translate(_MISREAD)
    if not re.fullmatch(f"[A-Z2-7]{{{_LETTERS}}}", letters):
        return None
    return hashlib.sha256(b"bunri factor code " + letters.encode()).digest()


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, _LETTERS, 4))
