"""The 80 classes of COCO 2017 in the order in which detectors number them. Their names for people: ``coco.toml``."""

from typing import Final

from bunri.kit.languages import Language, catalogue

CLASSES: Final = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
    "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
    "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
    "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple",
    "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
    "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone",
    "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear",
    "hair drier", "toothbrush",
)  # fmt: skip

NAME: Final = "COCO-80"
"""What these are called where a model's classes are to be said."""
IDS: Final = 91
"""COCO's categories have ids from 1 to 90, and networks that count by them a class 0 of nothing."""
_UNUSED: Final = frozenset({0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83})
_NAMES: Final = iter(CLASSES)
BY_ID: Final = tuple(f"class {number}" if number in _UNUSED else next(_NAMES) for number in range(IDS))


def name(label: str, language: Language) -> str:
    """What people call a class; the label itself when it is not one of COCO's."""
    return catalogue(language).get(f"coco.{label}", label)
