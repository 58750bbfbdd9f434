"""Names of files, as strangers give them."""

import unicodedata
from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bunri.domains.chat.file_names import LONGEST, content_disposition, safe_name, with_suffix


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("안내문.pdf", "안내문.pdf"),
        (unicodedata.normalize("NFD", "안내문.pdf"), "안내문.pdf"),  # as macOS writes it
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\사진.jpg", "사진.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\u200b\u2066b\u2069\ufeff.txt", "ab.txt"),
        ("two\r\nlines\t.txt", "two lines.txt"),
        ("a\0b\x7f\x1b[2J.txt", "ab[2J.txt"),
        ('a<b>:"c"|d?*.txt', "a_b___c__d__.txt"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ("/", "file"),
        (" \u200b ", "file"),
        ("name. . ", "name"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("lpt1.tar.gz", "_lpt1.tar.gz"),
        ("console.txt", "console.txt"),
        ("a\ud800.txt", "a.txt"),
    ],
)
def test_safe_names(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_long_names_keep_their_end() -> None:
    assert safe_name("a" * 300 + ".tar.gz") == "a" * (LONGEST - 3) + ".gz"
    korean = safe_name("가" * 300 + ".hwp")
    assert korean.endswith("가.hwp")
    assert len(korean.encode()) <= 200
    assert safe_name("a." + "b" * 300) == ("a." + "b" * 300)[:LONGEST]


@given(some.text(max_size=300))
def test_whatever_is_given_becomes_a_plain_name(given: str) -> None:
    name = safe_name(given)
    assert name
    assert len(name) <= LONGEST + 1
    assert len(name.encode()) <= 201
    assert not set(name) & set('/\\\0\r\n"<>:|?*\u202e')
    assert name not in (".", "..")
    assert safe_name(name) == name


@given(some.text(max_size=300))
def test_a_header_says_the_name_and_nothing_else(given: str) -> None:
    """RFC 6266, read by another reader than ours."""
    name = safe_name(given)
    written = content_disposition(name)
    assert written.isascii()
    assert written.isprintable()
    message = Message()
    message["Content-Disposition"] = written
    assert message.get_content_disposition() == "attachment"
    assert unquote(written.rpartition("''")[2]) == name
    assert content_disposition(name, inline=True).startswith("inline; ")


def test_a_picture_made_anew_has_the_end_of_its_kind() -> None:
    assert with_suffix("IMG_1.HEIC", ".webp") == "IMG_1.webp"
    assert with_suffix("사진", ".webp") == "사진.webp"
    assert with_suffix("v1.2 (마지막 사진)", ".webp") == "v1.2 (마지막 사진).webp"
