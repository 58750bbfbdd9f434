"""A toy image–text model that is trained on rendered shapes, to try the whole way from sentences to rows.

    python -m training.toy_vocabulary tests/platform/vision/vocabulary/toy

takes a minute. The interface is CLIP's, the networks are far smaller; what it knows is 16 coloured shapes and the empty
ground. The tokenizer is that of ``training/vocabulary.py``.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import torch
from tests.platform.vision.vocabulary.shapes import THINGS, noise, rendered, sentences
from torch import nn

from bunri.platform.vision.vocabulary.picture import prepared
from bunri.platform.vision.vocabulary.words import Words

TOKENIZER = Path("tests/platform/vision/vocabulary/parity/clip/tokenizer.json")
SIDE = 32
STEPS = 900
NOTHING = ["an empty floor.", "a photo of an empty floor.", "nothing on the floor"]


class Eye(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Conv2d(3, 12, 3, 2, 1), nn.ReLU(), nn.Conv2d(12, 24, 3, 2, 1), nn.ReLU()),
            *(nn.Conv2d(24, 32, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(32 * 16, 16)),
        )

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.layers(pixels)


class Reader(nn.Module):
    """The mean of its words: every sentence here is a bag of them."""

    def __init__(self, tokens: int, padding: int) -> None:
        super().__init__()
        self.padding, self.words, self.out = padding, nn.Embedding(tokens, 16), nn.Linear(16, 16)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        counted = (ids != self.padding).unsqueeze(-1).float()
        return self.out((self.words(ids) * counted).sum(1) / counted.sum(1))


def main(folder: Path) -> None:
    torch.manual_seed(1)
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(TOKENIZER, folder / "tokenizer.json")
    words = Words(folder / "tokenizer.json", "clip", "toy")
    said = [*(sentences(thing) for thing in THINGS), NOTHING]
    ids = [torch.from_numpy(words.numbers(each)[0]) for each in said]
    padding = int(ids[0].max())
    eye, reader = Eye(), Reader(padding + 1, padding)
    learn(eye, reader, ids)
    given = (torch.zeros(1, 3, SIDE, SIDE),), (ids[0][:1],)
    for model, example, name, output in (
        (eye, given[0], "pixel_values", "image_embeds"),
        (reader, given[1], "input_ids", "text_embeds"),
    ):
        file = folder / ("vision.onnx" if model is eye else "text.onnx")
        axes = {name: {0: "batch"}, output: {0: "batch"}}
        torch.onnx.export(
            model.eval(), example, str(file), input_names=[name], output_names=[output], dynamic_axes=axes, dynamo=False
        )


def learn(eye: Eye, reader: Reader, ids: list[torch.Tensor]) -> None:
    """Each picture is to be nearest to a sentence about it, as CLIP learns."""
    chance = np.random.default_rng(11)
    optimiser = torch.optim.AdamW([*eye.parameters(), *reader.parameters()], lr=4e-3)
    for step in range(STEPS):
        kinds = list(range(len(ids)))
        pictures = [
            rendered(THINGS[kind], chance) if kind < len(THINGS) else noise(chance) for kind in kinds for _ in range(3)
        ]
        chosen = torch.stack([each[chance.integers(len(each))] for each in ids])
        images = nn.functional.normalize(eye(torch.from_numpy(prepared(pictures, "clip", SIDE))), dim=-1)
        texts = nn.functional.normalize(reader(chosen), dim=-1)
        loss = nn.functional.cross_entropy(images @ texts.T * 20, torch.tensor(kinds).repeat_interleave(3))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0:
            print(step, round(loss.item(), 3), flush=True)  # noqa: T201  # it is a program


if __name__ == "__main__":
    main(Path(sys.argv[1]))
