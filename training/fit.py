"""Training: first the last layer alone on fixed features, then the later blocks slowly, then an average of runs.

Starting from a fitted last layer keeps fine-tuning from tearing up the features (Kumar et al. 2022, LP-FT); weights
averaged along a run (Polyak) and over runs from one start (Wortsman et al. 2022, model soups) do better on pictures
unlike ours than either run.
"""

import copy
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training.network import Network, pretrained

BATCH = 32


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Hyperparameters."""

    variant: str = "lite2"
    frozen_blocks: int = 8
    """The first blocks keep ImageNet's weights: edges and textures are the same here, and training them is slowest."""
    rate: float = 1.5e-4
    head_rate: float = 5e-4
    decay: float = 0.02
    smoothing: float = 0.06
    mixed: float = 0.5
    """Share of batches that are mixed: half of them by mixup, half by CutMix."""
    averaged: float = 0.995
    probe_steps: int = 1500


def probe(
    network: Network, pixels: NDArray[np.uint8], targets: NDArray[np.float32], config: TrainingConfig, seed: int
) -> None:
    """Fit the last layer alone, on features computed once."""
    torch.manual_seed(seed)
    features = torch.from_numpy(embed(network, pixels))
    mean, spread = features.mean(0), features.std(0) + 1e-3
    inputs, wanted = (features - mean) / spread, torch.from_numpy(targets)
    layer = torch.nn.Linear(inputs.shape[1], targets.shape[1])
    optimiser = torch.optim.AdamW(layer.parameters(), 2e-3, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, config.probe_steps)
    for _ in range(config.probe_steps):
        chosen = torch.randint(len(inputs), (512,))
        other, share = chosen[torch.randperm(512)], float(np.random.default_rng(seed).beta(0.3, 0.3))
        loss = _loss(
            layer(share * inputs[chosen] + (1 - share) * inputs[other]),
            share * wanted[chosen] + (1 - share) * wanted[other],
            config,
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    network.out.weight.data = layer.weight.data / spread
    network.out.bias.data = layer.bias.data - network.out.weight.data @ mean


def fine_tune(
    network: Network, parts: list[tuple[NDArray[np.uint8], NDArray[np.float32]]], config: TrainingConfig, seed: int
) -> Network:
    """One pass over each part in turn; the running average of the weights is returned."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    _freeze(network, config.frozen_blocks)
    network.to(memory_format=torch.channels_last).train()
    averaged = copy.deepcopy(network)
    body = [value for name, value in network.named_parameters() if value.requires_grad and not name.startswith("out.")]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": config.rate}, {"params": network.out.parameters(), "lr": config.head_rate}],
        weight_decay=config.decay,
    )
    steps = sum(len(pixels) // BATCH for pixels, _ in parts)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _learning_rate_factor(step / steps))
    began = time.monotonic()
    for step, (pixels, targets) in enumerate(_batches(parts, rng)):
        pixels, targets = _mix(pixels, targets, rng, config.mixed)
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(pixels)
        loss = _loss(logits.float(), targets, config)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        schedule.step()
        _average(averaged, network, min(config.averaged, (step + 1) / (step + 10)))
        if step % 50 == 0:
            sys.stderr.write(
                f"seed {seed} step {step}/{steps} loss {float(loss.detach()):.3f} {time.monotonic() - began:.0f} s\n"
            )
    return averaged.eval()


def mean_of(networks: list[Network]) -> Network:
    """The average of several runs' weights; they started from the same weights, so their average is a good model."""
    mean = copy.deepcopy(networks[0])
    others = [dict(network.named_parameters()) for network in networks]
    with torch.no_grad():
        for name, value in mean.named_parameters():
            value.copy_(torch.stack([other[name] for other in others]).mean(0))
    return mean


def fresh(config: TrainingConfig, classes: int) -> Network:
    return pretrained(config.variant, classes).to(memory_format=torch.channels_last).eval()


def embed(network: Network, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Features n × 1280."""
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        parts = [network.features(_tensor(pixels[at : at + BATCH])).float() for at in range(0, len(pixels), BATCH)]
    return torch.cat(parts).numpy()


def logits_of(network: Network, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Logits n × classes."""
    features = torch.from_numpy(embed(network, pixels))
    with torch.no_grad():
        return network.out(features).numpy()  # type: ignore[no-any-return]


def _loss(logits: Tensor, targets: Tensor, config: TrainingConfig) -> Tensor:
    soft = (1 - config.smoothing) * targets + config.smoothing / targets.shape[1]
    return -(soft * functional.log_softmax(logits, 1)).sum(1).mean()


def _learning_rate_factor(done: float) -> float:
    """Linear warm-up for a twentieth of the steps, then cosine decay."""
    return done / 0.05 if done < 0.05 else 0.5 * (1 + math.cos(math.pi * (done - 0.05) / 0.95))


def _freeze(network: Network, blocks: int) -> None:
    for part in (network.stem, *network.blocks[:blocks]):
        part.requires_grad_(False)


def _batches(
    parts: list[tuple[NDArray[np.uint8], NDArray[np.float32]]], rng: np.random.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    for pixels, targets in parts:
        order = rng.permutation(len(pixels))
        for at in range(0, len(order) - BATCH + 1, BATCH):
            chosen = np.sort(order[at : at + BATCH])
            yield _tensor(pixels[chosen]), torch.from_numpy(targets[chosen])


def _tensor(pixels: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).float()


def _mix(pixels: Tensor, targets: Tensor, rng: np.random.Generator, chance: float) -> tuple[Tensor, Tensor]:
    if rng.random() > chance:
        return pixels, targets
    order = torch.from_numpy(rng.permutation(len(pixels)))
    if rng.random() < 0.5:
        share = float(rng.beta(0.3, 0.3))
        return share * pixels + (1 - share) * pixels[order], share * targets + (1 - share) * targets[order]
    side = pixels.shape[-1]
    patch = int(side * math.sqrt(rng.uniform(0.05, 0.4)))
    top, left = rng.integers(side - patch + 1, size=2)
    pixels = pixels.clone()
    pixels[:, :, top : top + patch, left : left + patch] = pixels[order, :, top : top + patch, left : left + patch]
    share = 1 - (patch / side) ** 2
    return pixels, share * targets + (1 - share) * targets[order]


def _average(averaged: Network, network: Network, keep: float) -> None:
    with torch.no_grad():
        for old, new in zip(averaged.parameters(), network.parameters(), strict=True):
            if new.requires_grad:
                old.lerp_(new, 1 - keep)
