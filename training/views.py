"""Draws views of things like photos of phones: other backgrounds and light, cropped, held, blurred, recompressed."""

from dataclasses import dataclass

import cv2
import numpy as np

from bunri.platform.vision.material.square import square
from training import backgrounds
from training.cutouts import Cutout, Floats, Image, board

CANVAS = 288
"""Views are composed a little larger than the network's input, so that they are resized at the end like photos."""


@dataclass(frozen=True, slots=True)
class Props:
    """Parts for views: pictures whose background is used, and hands cut from pictures of held things."""

    lenders: tuple[Cutout, ...]
    hands: tuple[Cutout, ...]


@dataclass(frozen=True, slots=True)
class ViewStyle:
    """How views are made. ``laid``: share pasted on another background; ``relit``: share of recoloured boards."""

    laid: float = 0.55
    relit: float = 0.15
    floor: bool = False
    """Only grey floors, soft shadows, things at 20–70 % of the frame: like the typical phone photo."""


TRAIN = ViewStyle()
FLOOR = ViewStyle(laid=1.0, relit=0.0, floor=True)


def view(
    picture: Cutout,
    props: Props,
    rng: np.random.Generator,
    side: int,
    style: ViewStyle = TRAIN,
    *,
    clear: bool = False,
    boarded: bool = False,
) -> Image:
    """One view, side × side RGB. ``clear``: the thing is transparent; ``boarded``: its background is a pale board."""
    chance = rng.random()
    if picture.alpha is not None and chance < style.laid:
        scene = _lay(picture, props, rng, style, clear=clear and boarded and rng.random() < 0.6)
    elif boarded and chance < style.laid + style.relit:
        scene = _crop(_relight(picture, props, rng, style), rng)
    else:
        scene = _crop(picture.pixels, rng)
    return cv2.cvtColor(_photographed(square(scene, side), rng, gentle=style.floor), cv2.COLOR_BGR2RGB)


def negative(props: Props, rng: np.random.Generator, side: int) -> Image:
    """A view without a thing, or with pieces of several: no class is right for it."""
    background = _background(props, rng, TRAIN)
    if rng.random() < 0.5:
        pieces = [_crop(props.lenders[rng.integers(len(props.lenders))].pixels, rng) for _ in range(4)]
        half = [cv2.resize(piece, (CANVAS // 2, CANVAS // 2), interpolation=cv2.INTER_AREA) for piece in pieces]
        background = np.vstack([np.hstack(half[:2]), np.hstack(half[2:])])
        if rng.random() < 0.5:
            background = cv2.GaussianBlur(background, (0, 0), rng.uniform(3, 9))
    return cv2.cvtColor(_photographed(square(background, side), rng, gentle=False), cv2.COLOR_BGR2RGB)


def board_of_background(props: Props, rng: np.random.Generator, side: int) -> Image:
    """A view of a board or slats cut from a background, mostly wood: a thing of none of the classes.

    Without such views the model takes plywood and crates for cardboard.
    """
    style = FLOOR if rng.random() < 0.3 else TRAIN
    scene = _lay(_board_of_background(props, rng), props, rng, style, clear=False)
    return cv2.cvtColor(_photographed(square(scene, side), rng, gentle=style.floor), cv2.COLOR_BGR2RGB)


def _board_of_background(props: Props, rng: np.random.Generator) -> Cutout:
    lender = props.lenders[rng.integers(len(props.lenders))]
    background = backgrounds.cut(rng, lender, CANVAS) if rng.random() < 0.5 else None
    if background is None:
        background = backgrounds.wood(rng, CANVAS)
    alpha = np.zeros((CANVAS, CANVAS), np.uint8)
    if rng.random() < 0.6:
        across, down = rng.uniform(0.3, 0.95) * CANVAS, rng.uniform(0.2, 0.95) * CANVAS
        corners = cv2.boxPoints(((CANVAS / 2, CANVAS / 2), (across, down), rng.uniform(0, 90)))
        cv2.fillPoly(alpha, [(corners + rng.normal(0, 12, (4, 2))).astype(np.int32)], 255)
        return Cutout(background, alpha)
    step = CANVAS / int(rng.integers(2, 6))
    for top in np.arange(0, CANVAS - 1, step):
        cv2.rectangle(alpha, (0, int(top + step * rng.uniform(0.03, 0.2))), (CANVAS, int(top + step) - 1), 255, -1)
    shade = np.linspace(rng.uniform(0.5, 1.2), rng.uniform(0.5, 1.2), CANVAS)[None, :, None]
    return Cutout(np.clip(background * shade, 0, 255).astype(np.uint8), alpha)


def _background(props: Props, rng: np.random.Generator, style: ViewStyle) -> Image:
    if style.floor:
        return backgrounds.grey_floor(rng, CANVAS)
    if rng.random() < 0.4:
        found = backgrounds.cut(rng, props.lenders[rng.integers(len(props.lenders))], CANVAS)
        if found is not None:
            return found
    return backgrounds.drawn(rng, CANVAS)


def _lay(picture: Cutout, props: Props, rng: np.random.Generator, style: ViewStyle, *, clear: bool) -> Image:
    background = _background(props, rng, style).astype(np.float32)
    background *= _light(rng, CANVAS, 0.25)[:, :, None]
    if style.floor:
        share, jitter = rng.uniform(0.35, 0.85), 0.1
    else:
        share, jitter = rng.uniform(0.4, 1.25), 0.16
    transform = _transform(picture.alpha, rng, share, jitter)  # type: ignore[arg-type]
    alpha = _moved(picture.alpha, transform).astype(np.float32) / 255  # type: ignore[arg-type]
    thing: Floats = _moved(picture.pixels, transform).astype(np.float32)
    background *= _shadow(alpha, rng)[:, :, None]
    if clear:
        passed = np.clip(_moved_floats(picture.pixels / board(picture.pixels), transform), 0, 1.15)
        solid = rng.uniform(0.25, 0.7)
        thing = solid * thing + (1 - solid) * passed * background
    thing = thing * _light(rng, CANVAS, 0.12)[:, :, None]
    scene = background + alpha[:, :, None] * (thing - background)
    if props.hands and rng.random() < (0.05 if style.floor else 0.15):
        scene = _held(scene, props.hands[rng.integers(len(props.hands))], rng)
    return np.clip(scene, 0, 255).astype(np.uint8)


def _transform(alpha: Image, rng: np.random.Generator, share: float, jitter: float) -> Floats:
    """The 2×3 map that turns the thing by any angle and makes its longer side ``share`` of the canvas."""
    rows, columns = np.flatnonzero(alpha.max(1) > 64), np.flatnonzero(alpha.max(0) > 64)
    centre = ((columns[0] + columns[-1]) / 2, (rows[0] + rows[-1]) / 2)
    longest = max(columns[-1] - columns[0], rows[-1] - rows[0], 8)
    transform = cv2.getRotationMatrix2D(centre, rng.uniform(0, 360), share * CANVAS / longest)
    if rng.random() < 0.5:
        transform = transform @ np.array([[-1, 0, 2 * centre[0]], [0, 1, 0], [0, 0, 1]])
    squeeze = np.array([[rng.uniform(0.8, 1.2), rng.uniform(-0.12, 0.12)], [rng.uniform(-0.12, 0.12), 1]])
    transform = squeeze @ transform
    where = transform @ np.array([*centre, 1])
    transform[:, 2] += CANVAS * (0.5 + rng.uniform(-jitter, jitter, 2)) - where
    return transform.astype(np.float32)


def _moved(pixels: Image, transform: Floats) -> Image:
    return cv2.warpAffine(
        pixels,
        transform,
        (CANVAS, CANVAS),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT if pixels.ndim == 2 else cv2.BORDER_REPLICATE,
    )


def _moved_floats(values: Floats, transform: Floats) -> Floats:
    return cv2.warpAffine(values.astype(np.float32), transform, (CANVAS, CANVAS), borderMode=cv2.BORDER_REPLICATE)


def _shadow(alpha: Floats, rng: np.random.Generator) -> Floats:
    """Contact and cast shadow of the thing on its background: 1 is light."""
    shift = np.array([[1, 0, rng.normal(0, 10)], [0, 1, rng.normal(0, 10)]], np.float32)
    cast = cv2.warpAffine(alpha, shift, (CANVAS, CANVAS))
    cast = cv2.GaussianBlur(cast, (0, 0), rng.uniform(3, 14)) * rng.uniform(0.1, 0.55)
    contact = cv2.GaussianBlur(alpha, (0, 0), 3) * rng.uniform(0, 0.35)
    return np.asarray(1 - np.maximum(cast, contact), np.float32)


def _light(rng: np.random.Generator, side: int, strength: float) -> Floats:
    """Light that falls off across the picture."""
    turn = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    return np.asarray(1 + rng.uniform(0, strength) * (np.cos(turn) * x + np.sin(turn) * y), np.float32)


def _held(scene: Floats, hand: Cutout, rng: np.random.Generator) -> Floats:
    transform = _transform(hand.alpha, rng, rng.uniform(0.3, 0.65), 0.42)  # type: ignore[arg-type]
    alpha = _moved(hand.alpha, transform).astype(np.float32)[:, :, None] / 255  # type: ignore[arg-type]
    return np.asarray(scene + alpha * (_moved(hand.pixels, transform) - scene), np.float32)


def _relight(picture: Cutout, props: Props, rng: np.random.Generator, style: ViewStyle) -> Image:
    """The board replaced by a background while its true shadows stay: picture ÷ board × background, the thing kept."""
    light = board(picture.pixels)
    height, width = picture.pixels.shape[:2]
    background = cv2.resize(_background(props, rng, style), (width, height), interpolation=cv2.INTER_LINEAR)
    relit = np.clip(picture.pixels / light, 0, 1.1) * background
    if picture.alpha is not None:
        alpha = picture.alpha[:, :, None] / np.float32(255)
        relit = relit + alpha * (picture.pixels - relit)
    elif rng.random() < 0.5:
        relit = 0.5 * relit + 0.5 * picture.pixels
    return np.clip(relit, 0, 255).astype(np.uint8)


def _crop(pixels: Image, rng: np.random.Generator) -> Image:
    """Part of a picture, turned a little or by quarters, mirrored."""
    height, width = pixels.shape[:2]
    if rng.random() < 0.4:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-30, 30), rng.uniform(1.0, 1.25))
        pixels = cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    area, aspect = rng.uniform(0.4, 1.0), np.exp(rng.uniform(-0.3, 0.3))
    rows = int(min(height, height * np.sqrt(area / aspect)))
    columns = int(min(width, width * np.sqrt(area * aspect)))
    top, left = rng.integers(height - rows + 1), rng.integers(width - columns + 1)
    part = np.rot90(pixels[top : top + rows, left : left + columns], rng.choice([0, 0, 1, 2, 3]))
    return np.ascontiguousarray(part[:, ::-1] if rng.random() < 0.5 else part)


def _photographed(pixels: Image, rng: np.random.Generator, *, gentle: bool) -> Image:
    """Exposure, white balance, contrast, blur, grain, JPEG."""
    strength = 0.6 if gentle else 1.0
    picture = pixels.astype(np.float32) / 255
    picture = picture ** np.exp(rng.normal(0, 0.25 * strength))
    picture *= np.exp(rng.normal(0, 0.16 * strength)) * np.exp(rng.normal(0, 0.07 * strength**2, 3))
    picture = 0.5 + (picture - 0.5) * np.exp(rng.normal(0, 0.15 * strength))
    if rng.random() < 0.3:
        grey = picture.mean(2, keepdims=True)
        picture = grey + (picture - grey) * rng.uniform(0.1 if not gentle else 0.6, 1.4)
    picture = _blurred(picture.astype(np.float32), rng, strength)
    if rng.random() < 0.4:
        picture = picture + rng.normal(0, rng.uniform(0.005, 0.05 * strength), picture.shape)
    done = np.clip(picture * 255, 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", done, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 96))])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)  # type: ignore[return-value]


def _blurred(picture: Floats, rng: np.random.Generator, strength: float) -> Floats:
    chance, side = rng.random(), picture.shape[0]
    if chance < 0.2:
        return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 2.2 * strength))
    if chance < 0.35:
        less = int(side * rng.uniform(0.35, 0.8))
        small = cv2.resize(picture, (less, less), interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR)
    return picture


def hands(pictures: list[Cutout]) -> tuple[Cutout, ...]:
    """Hands in pictures of held things: the largest patch of skin colour that reaches the lower border."""
    found = []
    for picture in pictures:
        tone = cv2.cvtColor(picture.pixels, cv2.COLOR_BGR2YCrCb)
        skin = cv2.inRange(tone, (60, 138, 95), (235, 172, 125))
        skin = cv2.morphologyEx(skin, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(skin)
        if count < 2:
            continue
        best = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
        share = stats[best, cv2.CC_STAT_AREA] / skin.size
        lowest = stats[best, cv2.CC_STAT_TOP] + stats[best, cv2.CC_STAT_HEIGHT]
        if 0.04 < share < 0.25 and lowest > 0.97 * skin.shape[0]:
            alpha = cv2.GaussianBlur((labels == best).astype(np.uint8) * 255, (0, 0), 1.5)
            found.append(Cutout(picture.pixels, alpha))
    return tuple(found)
