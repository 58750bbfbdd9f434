"""What a model's scores are worth where it is used: found on photos whose answer is known, kept beside the model."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bunri.platform.vision.vocabulary.rows import shares

MEASURED_FILE: Final = "measured.json"
UNMEASURED: Final = 0.5
"""How far a model is believed before it was measured: half. An estimate; what it says orders choices and no more."""
LEAST_PHOTOS: Final = 30
_MOST_RELIABLE: Final = 0.9
_SCALES: Final = (5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 120, 150, 200, 300)
_RELIABILITIES: Final = tuple(number / 20 for number in range(1, 19))


class Worth(BaseModel):
    """``scale``: similarities times it become shares. ``reliability``: how much of a share is to be believed."""

    model_config = ConfigDict(frozen=True)

    of: str
    """The version of the model and the sentences that were measured."""
    scale: float = Field(gt=0)
    reliability: float = Field(ge=0, le=_MOST_RELIABLE)
    photos: int
    right: int
    in_three: int

    @property
    def version(self) -> str:
        return f"{self.scale:g}-{self.reliability:g}"


def read_worth(folder: Path, of: str) -> Worth | None:
    """What was measured of the model in ``folder``; None when nothing was, or of another version of it."""
    try:
        found = Worth.model_validate_json((folder / MEASURED_FILE).read_bytes())
    except (OSError, ValidationError):
        return None
    return found if found.of == of else None


class Judged(NamedTuple):
    """Photos × rows of similarities, and for each photo the rows that would be right (one, or all of a material)."""

    similarities: NDArray[np.float32]
    right: NDArray[np.bool_]

    def ranks(self) -> NDArray[np.int64]:
        """By photo: how many rows come before the first right one."""
        best = np.where(self.right, self.similarities, -np.inf).max(axis=1, keepdims=True)
        return np.asarray((self.similarities > best).sum(axis=1), np.int64)


def fit(judged: Judged, of: str) -> Worth:
    """The scale and the reliability by which the right answers were likeliest.

    The model is a mixture: with probability ``reliability`` its shares, else any row is as likely. The two numbers are
    searched on a grid by the mean logarithm of the right answers' probability (Guo et al. 2017 fit the first alone).
    """
    uniform = judged.right.mean(axis=1)
    best, found = -math.inf, (float(_SCALES[0]), _RELIABILITIES[0])
    for scale in _SCALES:
        right = (shares(judged.similarities, scale) * judged.right).sum(axis=1)
        for reliability in _RELIABILITIES:
            likely = float(np.log(reliability * right + (1 - reliability) * uniform).mean())
            if likely > best:
                best, found = likely, (float(scale), reliability)
    ranks = judged.ranks()
    return Worth(
        of=of,
        scale=found[0],
        reliability=found[1],
        photos=len(ranks),
        right=int((ranks == 0).sum()),
        in_three=int((ranks < 3).sum()),
    )


def bounds(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval for the share ``hits / of``; 0 to 1 where there is nothing."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, hits / of
    middle = share + z * z / (2 * of)
    around = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, (middle - around) / (1 + z * z / of)), min(1.0, (middle + around) / (1 + z * z / of))


def right_rows(labels: Sequence[str], accepted: set[str]) -> NDArray[np.bool_]:
    """Which of ``labels`` are right answers."""
    return np.asarray([label in accepted for label in labels], np.bool_)
