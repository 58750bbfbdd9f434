"""Finds the earlier photos with which a new one is compared, as the statements of waste's repository do."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np

from bunri.domains.waste.repository.fingerprints import LEAST_SHARED, MOST_COMPARED
from bunri.platform.photos.fingerprint import Fingerprint


class Lookup:
    """``most_bits`` of 256 by which hashes may differ; ``compared``: as many earlier photos by hash, and by
    landmarks."""

    def __init__(self, most_bits: int, known: Iterable[Fingerprint] = (), *, compared: int = MOST_COMPARED) -> None:
        self._most_bits = most_bits
        self._compared = compared
        self._numbers: list[int] = []
        self._hashes: list[bytes] = []
        self._landmarks: defaultdict[int, list[int]] = defaultdict(list)
        for number, each in enumerate(known):
            self.add(number, each)

    def add(self, number: int, fingerprint: Fingerprint) -> None:
        self._numbers.append(number)
        self._hashes.append(fingerprint.phashes[0])
        for landmark in fingerprint.landmarks:
            self._landmarks[landmark].append(number)

    def candidates(self, fingerprint: Fingerprint, but: int | None = None) -> list[int]:
        """The numbers of the photos to be compared, in that order, without ``but``."""
        by_hash = [number for number in self._by_hash(fingerprint) if number != but][: self._compared]
        by_landmarks = [number for number in self._by_landmarks(fingerprint) if number != but][: self._compared]
        return list(dict.fromkeys([*by_hash, *by_landmarks]))

    def _by_hash(self, fingerprint: Fingerprint) -> list[int]:
        if not self._hashes:
            return []
        apart = np.min([distances(each, self._hashes) for each in fingerprint.phashes], axis=0)
        near = np.flatnonzero(apart <= self._most_bits)
        return [self._numbers[at] for at in near[np.argsort(apart[near], kind="stable")]]

    def _by_landmarks(self, fingerprint: Fingerprint) -> list[int]:
        shared = Counter(number for sought in fingerprint.sought for number in self._landmarks.get(sought, ()))
        return [number for number, count in shared.most_common() if count >= LEAST_SHARED]


def distances(one: bytes, others: list[bytes]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Differing bits."""
    apart = np.frombuffer(b"".join(others), np.uint8).reshape(len(others), -1) ^ np.frombuffer(one, np.uint8)
    return np.asarray(np.bitwise_count(apart).sum(axis=1), np.int64)
