"""HTML of cards as the Markdown that our cards are written in. First ``nh3`` leaves nothing but harmless tags; then
each becomes what Markdown has for it, and what it has nothing for is named. The end of a line is a new line."""

import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote

import nh3

from bunri.domains.learning.anki.limits import LIMITS

_BLOCKS: Final = frozenset({"p", "div", "section", "article", "table", "tr", "center", "dl", "dt", "dd", "figure"})
_MARKS: Final = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~"}
_HEADINGS: Final = {f"h{level}": "#" * level for level in range(1, 7)}
_PLAIN: Final = frozenset({"span", "u", "font", "small", "big", "mark", "tbody", "thead", "ruby", "rb"})
_ALLOWED: Final = (
    _BLOCKS
    | _PLAIN
    | _MARKS.keys()
    | _HEADINGS.keys()
    | {"br", "hr", "ul", "ol", "li", "a", "img", "code", "pre", "td", "th", "sub", "sup", "rt", "blockquote"}
)
_DEEPEST: Final = 40
_SUB: Final = str.maketrans("0123456789+-=()n", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙ")
_SUP: Final = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SOUND: Final = re.compile(r"\[sound:[^\]]{0,500}\]|\[anki:(?:play|tts)[^\]]{0,500}\]")
_FOUND: Final = {
    "script": re.compile(r"<script|\son[a-z]{3,20}\s*=|javascript:", re.IGNORECASE),
    "sound": re.compile(r"\[sound:|<audio|<video|\[anki:tts", re.IGNORECASE),
    "formula": re.compile(r"\[latex\]|\[\$\$?\]|\\\(|\\\[|<anki-mathjax", re.IGNORECASE),
    "embedded": re.compile(r"<(?:iframe|object|embed|svg|canvas|form|input|textarea|select|button)\b", re.IGNORECASE),
}
"""What cards cannot keep, by the name that the report has for it. Formulas stay as their source."""


@dataclass(slots=True)
class Written:
    """``pictures``: names of files that it shows, as ``media:<name>`` would, in their order: the text has
    ``media:#0`` for the first. ``lost``: what was left out, by the names of the report."""

    text: str
    pictures: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)


def markdown_of(html: str, limit: int = LIMITS.side) -> Written:
    """In NFC."""
    lost = {name for name, pattern in _FOUND.items() if pattern.search(html)}
    if len(html) > limit:
        lost.add("too_long")
    cleaned = nh3.clean(
        _SOUND.sub("", html[:limit]),
        tags=set(_ALLOWED),
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}, "img": {"src", "alt"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    if len(re.findall(r"<img\b", html[:limit], re.IGNORECASE)) > len(re.findall(r"<img [^>]*src=", cleaned)):
        lost.add("picture_inside")
    writer = _Writer()
    writer.feed(cleaned)
    writer.close()
    return Written(_tidied(writer.written), writer.pictures, lost | writer.lost)


def plain_of(html: str) -> str:
    """One line of the text alone, in NFC: what somebody would type."""
    bare = nh3.clean(_SOUND.sub("", re.sub(r"<(?:br|/?div|/?p)\b[^>]*>", " ", html[: LIMITS.side])), tags=set())
    parser = _Text()
    parser.feed(bare)
    parser.close()
    return unicodedata.normalize("NFC", " ".join("".join(parser.parts).split()))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


@dataclass(slots=True)
class _Frame:
    tag: str
    href: str = ""
    parts: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def text(self) -> str:
        return "".join(self.parts)


class _Writer(HTMLParser):
    """What nh3 gives is well formed: each tag is closed, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._frames = [_Frame("")]
        self._skipped = 0
        self.pictures: list[str] = []
        self.lost: set[str] = set()

    @property
    def written(self) -> str:
        while len(self._frames) > 1:
            self._close()
        return self._frames[0].text

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "br":
            self._add("\n")
        elif tag == "hr":
            self._add("\n\n---\n\n")
        elif tag == "img":
            self._picture(values)
        elif len(self._frames) < _DEEPEST:
            self._frames.append(_Frame(tag, values.get("href", "")))
        else:
            self._skipped += 1

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif len(self._frames) > 1 and self._frames[-1].tag == tag:
            self._close()

    def handle_data(self, data: str) -> None:
        if any(frame.tag in ("pre", "code") for frame in self._frames):
            self._add(data.replace("](media:", "] (media:"))  # which would be a picture
            return
        text = re.sub(r"\s+", " ", data)
        self._add(escaped(text, at_start=self._at_line_start()))

    def _add(self, text: str) -> None:
        self._frames[-1].parts.append(text)

    def _at_line_start(self) -> bool:
        for frame in reversed(self._frames):
            for part in reversed(frame.parts):
                if part:
                    return part.endswith("\n")
        return True

    def _picture(self, values: dict[str, str]) -> None:
        source = values.get("src", "")
        if not source:
            return
        if re.match(r"[a-z]+:|//", source, re.IGNORECASE):
            self.lost.add("picture_elsewhere")
            return
        name = unicodedata.normalize("NFC", unquote(source))
        if name not in self.pictures:
            self.pictures.append(name)
        alt = re.sub(r"[\[\]\\\n\r<>]", " ", values.get("alt", ""))[:100].strip()
        self._add(f"![{alt}](media:#{self.pictures.index(name)})")

    def _close(self) -> None:
        frame = self._frames.pop()
        self._add(self._closed(frame))

    def _closed(self, frame: _Frame) -> str:
        tag, text = frame.tag, frame.text
        if tag in _MARKS:
            return _marked(text, _MARKS[tag])
        if tag in _HEADINGS:
            line = " ".join(text.split())
            return f"\n\n{_HEADINGS[tag]} {line}\n\n" if line else ""
        if tag in _BLOCKS:
            return f"\n{text}\n"
        if tag in ("sub", "sup"):
            return _raised(text, _SUB if tag == "sub" else _SUP)
        return self._of_other(tag, text, frame)

    def _of_other(self, tag: str, text: str, frame: _Frame) -> str:
        if tag == "li":
            return self._item(text)
        if tag in ("ul", "ol"):
            return f"\n{text}\n"
        if tag == "a":
            return _link(text, frame.href)
        if tag == "code":
            return text if any(each.tag == "pre" for each in self._frames) else _code(text)
        if tag == "pre":
            return f"\n\n{_fenced(text)}\n\n"
        if tag in ("td", "th"):
            return f"{' '.join(text.split())}  "
        if tag == "rt":
            return f"({text})"
        if tag == "blockquote":
            return "\n\n" + "\n".join(f"> {line}" for line in _tidied(text).split("\n")) + "\n\n"
        return text

    def _item(self, text: str) -> str:
        lists = [frame for frame in self._frames if frame.tag in ("ul", "ol")]
        ordered = bool(lists) and lists[-1].tag == "ol"
        if lists:
            lists[-1].count += 1
        mark = f"{lists[-1].count}." if ordered else "-"
        inner = _tidied(text).replace("\n", "\n  " if not ordered else "\n   ")
        return f"\n{mark} {inner}"


def escaped(text: str, *, at_start: bool = False) -> str:
    """Text that says in Markdown what it says."""
    text = re.sub(r"([\\`*\[\]<]|~(?=~)|&(?=#?\w+;)|(?<!\w)_|_(?!\w))", r"\\\1", text)
    if at_start:
        text = re.sub(r"^(\s*)([#>+-])(?=\s|$|[#>-])", r"\1\\\2", text)
        text = re.sub(r"^(\s*\d{1,9})([.)])(?=\s|$)", r"\1\\\2", text)
    return text


def _marked(text: str, mark: str) -> str:
    """Each line by itself: a mark stands next to a letter and ends in its line."""
    lines = []
    for line in text.split("\n"):
        inner = line.strip()
        if not inner or inner.startswith(mark):
            lines.append(line)
            continue
        before, after = line[: len(line) - len(line.lstrip())], line[len(line.rstrip()) :]
        lines.append(f"{before}{mark}{inner}{mark}{after}")
    return "\n".join(lines)


def _raised(text: str, table: dict[int, int]) -> str:
    return text.translate(table) if all(ord(letter) in table for letter in text) else f"({text})"


def _link(text: str, href: str) -> str:
    label = " ".join(text.split())
    if not href or not label:
        return text
    return f"[{label}](<{href.replace('<', '%3C').replace('>', '%3E')}>)"


def _code(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        return ""
    ticks = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    space = " " if "`" in text else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _fenced(text: str) -> str:
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{ticks}\n{text.strip(chr(10))}\n{ticks}"


def _tidied(text: str) -> str:
    """In NFC, without spaces around lines (but those of nested lists and code) and more than one empty line."""
    text = unicodedata.normalize("NFC", text).replace("\xa0", " ").replace("\x00", "")
    text = re.sub(r"[^\S\n]+\n", "\n", text)
    text = re.sub(r"\n (?=\S)", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
