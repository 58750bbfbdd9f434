"""Small models of each open-vocabulary interface with random weights, and what ``transformers`` makes of them.

    pip install -r training/requirements.txt transformers==5.24.0 'pillow==12.3.0'
    python -m training.vocabulary tests/platform/vision/vocabulary/parity

writes for each interface the two graphs (or the one of both), its tokenizer, and ``expected.npz``: pictures, what
``transformers``' processor makes of them, its tokens of some sentences, and its embeddings of both. The tests compare
bunri's adapter with that, so that PyTorch is needed here alone.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer, Siglip2Tokenizer, SiglipConfig, SiglipModel
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

SENTENCES = (
    "a photo of a clear plastic bottle.",
    "A Photo of an EMPTY drink can, crushed.",
    "투명 페트병 사진",
    "깨진 유리 조각 사진",
    "café: 100 % naïve — “quoted”",
    "a photo of " + "a very long sentence about waste " * 20,
)
SIDE = 32
REAL_SIDE = 224
EVERY = 509
"""Of the pixels of a picture of real size, every so many-th is kept."""
TINY = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
HALVES = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "resample": 2}
"""SigLIP 2's preprocessor_config.json: bilinear, to −1…1."""
POOLED = ("last_hidden_state", "pooler_output")


def main(folder: Path) -> None:
    torch.manual_seed(3)
    siglip(folder / "siglip")
    clip(folder / "clip", apart=True)
    clip(folder / "both", apart=False)


def siglip(folder: Path) -> None:
    tokenizer = siglip_tokenizer()
    config = SiglipConfig(
        text_config={**TINY, "vocab_size": len(tokenizer), "max_position_embeddings": 64, "projection_size": 16},
        vision_config={**TINY, "image_size": SIDE, "patch_size": 8},
    )
    model = spread(SiglipModel(config))
    tokens = tokenizer(list(SENTENCES), padding="max_length", max_length=64, truncation=True, return_tensors="pt")
    processor = SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE}, **HALVES)
    pixels, ids = processor(pictures(), return_tensors="pt")["pixel_values"], tokens["input_ids"]
    export(Named(model.vision_model, ("pixel_values",), POOLED), (pixels,), folder / "vision.onnx")
    export(Named(model.text_model, ("input_ids",), POOLED), (ids,), folder / "text.onnx")
    with torch.no_grad():
        images, texts = model.vision_model(pixels).pooler_output, model.text_model(ids).pooler_output
    real = SiglipImageProcessorPil(size={"height": REAL_SIDE, "width": REAL_SIDE}, **HALVES)
    write(folder, tokenizer, real, pixels, ids, images, texts)


def clip(folder: Path, *, apart: bool) -> None:
    """As two graphs, or, as TinyCLIP is published, as one of both."""
    tokenizer = clip_tokenizer()
    special = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    words = {"vocab_size": len(tokenizer), "max_position_embeddings": 77, "pad_token_id": tokenizer.pad_token_id}
    config = CLIPConfig(
        text_config={**TINY, **words, **special},
        vision_config={**TINY, "image_size": SIDE, "patch_size": 8},
        projection_dim=12,
    )
    model = spread(CLIPModel(config))
    tokens = tokenizer(list(SENTENCES), padding="max_length", max_length=77, truncation=True, return_tensors="pt")
    processor = CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})
    pixels, ids = processor(pictures(), return_tensors="pt")["pixel_values"], tokens["input_ids"]
    with torch.no_grad():
        both = model(input_ids=ids, pixel_values=pixels, attention_mask=tokens["attention_mask"])
    if apart:
        export(Projected(model, "vision"), (pixels,), folder / "vision.onnx")
        export(Projected(model, "text"), (ids,), folder / "text.onnx")
    else:
        inputs = ("input_ids", "pixel_values", "attention_mask")
        outputs = ("logits_per_image", "logits_per_text", "text_embeds", "image_embeds")
        export(Named(model, inputs, outputs), (ids, pixels, tokens["attention_mask"]), folder / "both.onnx")
    write(folder, tokenizer, CLIPImageProcessorPil(), pixels, ids, both.image_embeds, both.text_embeds)


class Named(torch.nn.Module):
    """A model by the names of what goes in and comes out."""

    def __init__(self, model: torch.nn.Module, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        super().__init__()
        self.model, self.inputs, self.outputs = model, inputs, outputs

    def forward(self, *given: torch.Tensor) -> tuple[torch.Tensor, ...]:
        found = self.model(**dict(zip(self.inputs, given, strict=True)))
        return tuple(found[name] for name in self.outputs)


class Projected(torch.nn.Module):
    """One of CLIP's encoders with its projection, as it is published."""

    def __init__(self, model: CLIPModel, kind: str) -> None:
        super().__init__()
        self.encoder = model.vision_model if kind == "vision" else model.text_model
        self.projection = model.visual_projection if kind == "vision" else model.text_projection
        self.inputs = ("pixel_values",) if kind == "vision" else ("input_ids",)
        self.outputs = ("image_embeds",) if kind == "vision" else ("text_embeds",)

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        return self.projection(self.encoder(given).pooler_output)


def export(model: Any, given: tuple[torch.Tensor, ...], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model,
        given,
        str(file),
        input_names=list(model.inputs),
        output_names=list(model.outputs),
        dynamic_axes={name: {0: "batch"} for name in (*model.inputs, *model.outputs)},
        opset_version=17,
        dynamo=False,
    )


def spread(model: torch.nn.Module) -> Any:
    """Weights so large that different inputs come out differently."""
    with torch.no_grad():
        for weights in model.parameters():
            if weights.ndim > 1:
                torch.nn.init.normal_(weights, std=0.25)
    return model.eval()


def write(
    folder: Path, tokenizer: Any, real: Any, pixels: torch.Tensor, ids: torch.Tensor, images: Any, texts: Any
) -> None:
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    real_pixels = np.asarray(real(pictures(), return_tensors="np")["pixel_values"])
    np.savez_compressed(
        folder / "expected.npz",
        **{f"picture_{number}": picture for number, picture in enumerate(pictures())},
        pixels=pixels.numpy(),
        real_pixels=real_pixels.reshape(len(real_pixels), -1)[:, ::EVERY],
        tokens=ids.numpy(),
        images=torch.nn.functional.normalize(images, dim=-1).numpy(),
        texts=torch.nn.functional.normalize(texts, dim=-1).numpy(),
    )


def pictures() -> list[Any]:
    """RGB, wide, tall and small, with edges and gradients."""
    chance, made = np.random.default_rng(7), []
    for height, width in ((90, 160), (150, 61), (20, 25)):
        rows, columns = np.mgrid[0:height, 0:width]
        picture = np.stack([rows * 255 / height, columns * 255 / width, (rows + columns) % 64 * 4], axis=-1)
        picture[height // 3 : height // 2, width // 4 : width // 2] = chance.integers(0, 255, 3)
        made.append(picture.astype(np.uint8))
    return made


def siglip_tokenizer() -> Siglip2Tokenizer:
    """Gemma's kind: BPE over characters, with bytes to fall back on."""
    learned = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))  # noqa: S106  # a token of a text
    learned.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace(" ", "▁")])
    learned.pre_tokenizer = pre_tokenizers.Split(Regex("▁"), "merged_with_next")
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", *(f"<0x{number:02X}>" for number in range(256))]
    vocabulary, merges = learn(learned, special, 340)
    return Siglip2Tokenizer(vocab=vocabulary, merges=merges, add_eos_token=True, padding_side="right")


def clip_tokenizer() -> CLIPTokenizer:
    """OpenAI's kind: BPE over bytes, ends of words marked."""
    learned = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    learned.normalizer = normalizers.Lowercase()
    learned.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r"\s+"), "removed"), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    letters = pre_tokenizers.ByteLevel.alphabet()
    vocabulary, merges = learn(learned, [], 540, letters, "</w>")
    ends = (f"{letter}</w>" for letter in letters)
    tokens = dict.fromkeys([*letters, *ends, *vocabulary, "<|startoftext|>", "<|endoftext|>"])
    return CLIPTokenizer(vocab={token: number for number, token in enumerate(tokens)}, merges=merges)


def learn(
    tokenizer: Tokenizer, special: list[str], size: int, alphabet: Iterable[str] = (), suffix: str | None = None
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """The tokens and merges of SENTENCES."""
    more = {"end_of_word_suffix": suffix} if suffix else {}
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=special, initial_alphabet=list(alphabet), show_progress=False, **more
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(pair) for pair in model["merges"]]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
