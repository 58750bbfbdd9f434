"""From what was seen and what was said to items, and to one short question where they leave doubt. Pure.

A detector knows shapes, not materials: a "bottle" is clear PET or glass or coloured. So each label stands for several
items of the rule table with a prior (``recycling.public.Meaning``); a judge of materials says what the crop is made of;
``witnesses`` says how far each is believed and what both come to, ``items`` makes the candidates of each thing,
``asking`` the question. docs/answers.md draws it and says what was measured.
"""

from bunri.domains.waste.fusion.asking import (
    BROAD,
    MOST_CHOICES,
    NONE_OF_THESE,
    Choice,
    Question,
    answer,
    confidence,
    question,
    ways,
)
from bunri.domains.waste.fusion.items import MOST_ITEMS, WORDS_DECIDE, as_candidate, decide, fit, fuse, impression
from bunri.domains.waste.fusion.seen import UNKNOWN, Candidate, SeenItem

__all__ = [
    "BROAD",
    "MOST_CHOICES",
    "MOST_ITEMS",
    "NONE_OF_THESE",
    "UNKNOWN",
    "WORDS_DECIDE",
    "Candidate",
    "Choice",
    "Question",
    "SeenItem",
    "answer",
    "as_candidate",
    "confidence",
    "decide",
    "fit",
    "fuse",
    "impression",
    "question",
    "ways",
]
