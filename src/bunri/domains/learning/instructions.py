"""Whether an answer speaks to who grades it instead of answering.

Such an answer is never shown to a language model: the person says themselves whether they knew. A false alarm costs
them one tap, so the lists are broad; but they name grading, models and markup, never what people do with waste.
"""

import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from bunri.kit.keystrokes import keystrokes

LONGEST: Final = 500

_ENGLISH: Final = re.compile(
    r"ignor(?:e|ing)(?:all|any|the|th[ie]s|every|previous|prior|above|your|what|instruct|rubric)|disregard|forget(?:all|the"
    r"|every|your|previous|what)|override|overrule|bypass"
    r"|(?:full|max(?:imum)?|perfect|highest|top|best)(?:score|mark|point|grade|credit|rating)"
    r"|score(?:of|is|it|this|me|as|to|must|should|equals|:|=)?(?:100|one?hundred|ten|max|full|perfect)|100(?:/|outof|points|percent|%)"
    r"|(?:give|award|grant|assign|return|output|print|respond|reply|answer)(?:me|us|this|it|with|only|the|a|an|out|back|exactly)*"
    r"(?:100|score|full|json|mark|point|pass|correct|grade|credit|good|easy)"
    r"|(?:mark|grade|rate|treat|accept|count|evaluate|judge|consider)(?:me|this|it|that|my|the|every|any)*(?:answer|response|"
    r"student|submission)?(?:as|is|to)?(?:correct|right|100|good|easy|full|complete|pass|true|high)"
    r"|(?:this|my|the)(?:answer|response|submission)(?:is|was|should|must|deserves)(?:be)?(?:marked)?(?:absolutely|completely|"
    r"fully|entirely|graded)?(?:correct|right|complete|perfect|full|100)"
    r"|systemprompt|systemmessage|developer(?:mode|message)|youarenow|youarea[n]?(?:ai|grader|teacher|helpful|assistant|model)"
    r"|actas|pretend|roleplay|imagineyou|jailbreak|newinstruction|newrule|newtask|instructions?(?:above|before|have|are|:)"
    r"|(?:im_start|im_end|endoftext|endof(?:answer|prompt|data|student|input)|begin(?:system|prompt|answer|instruct))"
    r"|nothing(?:is)?missing|missing(?:is)?(?:none|nothing|empty|:?\[\])|rubric|grader|gradingmodel|languagemodel|chatgpt|claude"
    r"|promptinjection|(?:system|assistant|teacher|admin(?:istrator)?|developer|evaluator|human)[:>\]]|sudo"
)
"""In text without spaces: ``i g n o r e`` is found, too."""

_KOREAN_LIST: Final = """
무시하 무시해 무시한 점수 만점 백점 점줘 점을주 점주세 점으로 점만점 정답처리 정답으로처리 정답이라고
정답으로인정 맞은걸로 맞은것으로 맞았다고 맞다고해 맞다고처리 맞는걸로 통과시켜 통과처리 채점 평가하 평가해
시스템 프롬프트 명령 지시 역할 인공지능 언어모델 출제자 관리자 선생님 개발자 규칙을따르 규칙은취소 빠진것없
빠진내용없 빠진점없 합격 루브릭 출력해 출력하 응답해 제이슨
"""
_KOREAN: Final = tuple(map(keystrokes, _KOREAN_LIST.split()))
"""By the keys that type them: jamo, NFD and a keyboard left in English are the same."""

_OTHERS: Final = re.compile(
    r"忽略|無視|无视|满分|滿点|満点|点を|採点|ignora|puntuaci|punktzahl|ignoriere|ignorez|игнорир|оценк|балл"
)
_HUNDRED: Final = re.compile(r"(?:^|\D)100\s?점|점수\s?[:=]?\s?\d|100\s?/\s?100|\b10\s?/\s?10\b")
_MARKUP: Final = re.compile(
    r"[{}<>\[\]`]|```|</|\\n|-{3,}|={3,}|#{2,}|\"\s?:|'\s?:|<\||\|>|\$\{|\{\{|<!--|\bscore\b|\bmissing\b|\brating\b"
)
_ENCODED: Final = re.compile(
    r"[A-Za-z0-9+/_-]{20,}={0,2}|(?:[0-9a-f]{2}[\s,:]?){8,}|(?:%[0-9a-f]{2}){2,}|(?:\\[ux][0-9a-f]{2,4}){2,}"
    r"|(?:&#x?[0-9a-f]+;){2,}|(?:[01]{7,8}\s?){3,}|(?:[.\-·−]{1,5}[\s/]+){6,}",
    re.IGNORECASE,
)
_LOOKALIKES: Final = str.maketrans(
    "аеорсухіјѕԁһӏкмтвнгΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεινοορτυχɡɩıʟᴀᴇɪᴏᴜ",
    "aeopcyxijsdhlkmtbhrABEZHIKMNOPTYXaeivoopruxgiilaeiou",
)
_LEET: Final = str.maketrans("013457@$!|", "oieastasil")
_HIDDEN: Final = frozenset(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFFFC))
"""Turn the direction of text round: nobody types them."""


def looks_like_instructions(answer: str) -> bool:
    """Whether ``answer`` (its first LONGEST characters) orders, fakes the form of a grade, or hides what it says."""
    text = answer[:LONGEST]
    if any(letter in _HIDDEN or 0xE0000 <= ord(letter) <= 0xE007F for letter in text):
        return True
    seen = _seen(text)
    if _MARKUP.search(seen) or _HUNDRED.search(seen) or _ENCODED.search(seen):
        return True
    return any(map(_orders, _readings(seen)))


def _seen(text: str) -> str:
    """In NFKC, without what nobody sees, and with Latin letters for those that look like them."""
    shown = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    plain = "".join(letter for letter in unicodedata.normalize("NFD", shown) if not _is_accent(letter))
    return unicodedata.normalize("NFC", plain).translate(_LOOKALIKES).casefold()


def _is_accent(letter: str) -> bool:
    return 0x0300 <= ord(letter) <= 0x036F


def _readings(seen: str) -> Iterator[str]:
    """As it stands, and as it may be meant."""
    yield seen
    yield seen.translate(_LEET)
    yield codecs.encode(seen, "rot13")
    yield seen[::-1]
    yield unquote(html.unescape(seen))


def _orders(text: str) -> bool:
    squeezed = re.sub(r"[^\w:>\[\]/%=]|_(?!start|end)", "", text)
    if _ENGLISH.search(squeezed) or _OTHERS.search(text):
        return True
    keys = "".join(keystrokes(text[at : at + 200]) for at in range(0, len(text), 200))
    return any(words in keys for words in _KOREAN)
