"""A guest's way to another device: 128 random bits, as twelve words to write down or a text for a QR code. Pure."""

import base64
import hashlib
import secrets
import unicodedata
from functools import cache
from typing import Final

from mnemonic import Mnemonic

from bunri.kit.languages import Language

BYTES: Final = 16
_LISTS: Final[dict[Language, str]] = {"ko": "korean", "en": "english"}
"""The word lists of BIP 39, whose last word also checks the others."""


def new_code() -> bytes:
    return secrets.token_bytes(BYTES)


def words_of(code: bytes, language: Language) -> str:
    """Twelve words."""
    return unicodedata.normalize("NFC", _words(language).to_mnemonic(code))


def text_of(code: bytes) -> str:
    """22 characters, for the fragment of a link in a QR code."""
    return base64.urlsafe_b64encode(code).rstrip(b"=").decode()


def read_code(typed: str) -> bytes | None:
    """The code that ``typed`` is, as words of either language or as a link's text; None for anything else."""
    words = unicodedata.normalize("NFKD", " ".join(typed.casefold().split()))
    for language in _LISTS:
        if _words(language).check(words):
            return bytes(_words(language).to_entropy(words))
    text = typed.strip()
    try:
        code = base64.urlsafe_b64decode(text + "==")
    except ValueError:
        return None
    return code if len(code) == BYTES and text_of(code) == text else None


def kept_hash(code: bytes) -> bytes:
    """What is kept of a code. SHA-256 is enough for 128 random bits (ASVS 6.5.2)."""
    return hashlib.sha256(b"bunri recovery code " + code).digest()


@cache
def _words(language: Language) -> Mnemonic:
    return Mnemonic(_LISTS[language])
