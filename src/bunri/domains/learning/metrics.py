"""What an operator watches of the graders."""

from typing import Final

from prometheus_client import Counter

GRADES: Final = Counter("bunri_learning_grades_total", "Answers judged, by whom and how.", ("by", "rating"))
OVERRULED: Final = Counter(
    "bunri_learning_grades_overruled_total",
    "Grades that the person replaced by their own; agreed: yes where both say right, or both wrong.",
    ("by", "agreed"),
)
MODEL_ANSWERS: Final = Counter(
    "bunri_learning_model_answers_total",
    "What became of questions to the language model: used, failed, or late (the person was quicker).",
    ("outcome",),
)
