"""Sentences as the numbers that the models were trained with."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bunri.platform.vision.errors import ModelBroken
from bunri.platform.vision.vocabulary.cards import Interface


class _Form(NamedTuple):
    """How many tokens there are, and which frame a sentence. ``first`` is None where nothing comes before it."""

    length: int
    first: str | None
    last: str
    padding: str


_FORMS: Final[dict[Interface, _Form]] = {
    "siglip": _Form(64, None, "<eos>", "<pad>"),
    "clip": _Form(77, "<|startoftext|>", "<|endoftext|>", "<|endoftext|>"),
}


class Words:
    """A model's ``tokenizer.json``. What frames a sentence is added here, since exports differ in whether the file does
    it; both kinds were trained with small letters."""

    def __init__(self, file: Path, interface: Interface, name: str) -> None:
        """Raises ModelBroken when the file is no tokenizer, or not one of this interface."""
        from tokenizers import Tokenizer

        self._form = _FORMS[interface]
        try:
            self._tokenizer = Tokenizer.from_file(str(file))
        except Exception as error:  # the library raises Exception itself
            raise ModelBroken(name=name) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._first = [self._number(self._form.first, name)] if self._form.first else []
        self._last, self._padding = self._number(self._form.last, name), self._number(self._form.padding, name)

    def _number(self, token: str, name: str) -> int:
        number: int | None = self._tokenizer.token_to_id(token)
        if number is None:
            raise ModelBroken(name=name)
        return number

    def numbers(self, sentences: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Tokens, and a mask that is 1 where they are no padding: n × the model's length each."""
        length = self._form.length
        ids = np.full((len(sentences), length), self._padding, np.int64)
        mask = np.zeros_like(ids)
        lowered = [sentence.lower() for sentence in sentences]
        for row, encoded in enumerate(self._tokenizer.encode_batch(lowered, add_special_tokens=False)):
            framed = [*self._first, *encoded.ids[: length - len(self._first) - 1], self._last]
            ids[row, : len(framed)] = framed
            mask[row, : len(framed)] = 1
        return ids, mask
