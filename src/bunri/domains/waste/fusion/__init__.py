"""From vision results and user input to items, and to one short question where they leave doubt. Pure.

A detector knows shapes, not materials: a "bottle" is clear PET or glass or coloured. So each label stands for several
items of the rule table with a prior (``recycling.public.Meaning``); the material model says what the crop is made of.
``evidence`` says how reliable each source is and combines them, ``items`` makes the candidates of each thing,
``questions`` the question. docs/answers.md draws it and says what was measured.
"""

from bunri.domains.waste.fusion.items import MOST_ITEMS, as_candidate, decide, fit, fuse
from bunri.domains.waste.fusion.questions import (
    MOST_LIKELY,
    NONE_OF_THESE,
    Choice,
    ChoiceGroup,
    Question,
    answer,
    confidence,
    disposal_groups,
    question,
)
from bunri.domains.waste.fusion.seen import UNKNOWN, Candidate, SeenItem

__all__ = [
    "MOST_ITEMS",
    "MOST_LIKELY",
    "NONE_OF_THESE",
    "UNKNOWN",
    "Candidate",
    "Choice",
    "ChoiceGroup",
    "Question",
    "SeenItem",
    "answer",
    "as_candidate",
    "confidence",
    "decide",
    "disposal_groups",
    "fit",
    "fuse",
    "question",
]
