"""What a bank says of one picture. Pure."""

import numpy as np

from bunri.domains.waste.field_bank.bank import KNOWN, FieldBank
from bunri.domains.waste.field_bank.calibration import Worth, believed
from bunri.domains.waste.fusion.field import FieldOpinion


def judge(bank: FieldBank, worth: Worth, features: bytes) -> FieldOpinion:
    """By the neighbours of the picture with these features of the same network. Raises ValueError for another size."""
    near, kernel = bank.neighbours([features]), worth.kernel
    shares, by_two = believed(near.shares(kernel))[0], near.by_two(kernel)[0]
    weights = near.weights(kernel)[0]
    total, items = float(weights.sum()) + kernel.nothing, dict[str, float]()
    for row, weight in zip(near.rows[0].tolist(), weights.tolist(), strict=True):
        if item := bank.photos[row].item:
            items[item] = items.get(item, 0.0) + weight / total
    return FieldOpinion(
        shares=dict(zip(KNOWN, shares.tolist(), strict=True)),
        taught=bank.taught,
        by_two=frozenset(KNOWN[each] for each in np.flatnonzero(by_two)),
        accept_threshold=worth.accept_threshold,
        items=items,
    )
