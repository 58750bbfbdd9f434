"""Results as HTML for people and as COCO's JSON for other tools. Pure functions."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from bunri.domains.detection.public import Found, ImageDetections, ModelListed, ModelUsed
from bunri.kit.languages import Language, text

Colours = Mapping[str, tuple[int, int, int]]
"""Label → the colour of its boxes: red, green, blue."""


def summary(image: ImageDetections, model: ModelUsed, language: Language) -> str:
    """One line: how many objects, how long it took, by which model."""
    decode, detect = (f"{part:.0f}" for part in (image.timings.decode_ms, image.timings.detect_ms))
    facts = (
        f"{image.width} × {image.height}",
        text("detect.took", language, decode=decode, detect=detect),
        " · ".join(filter(None, (model.id, model.licence))),
    )
    count = text("detect.count", language, count=len(image.detections))
    parts = "".join(f"<span>{escape(part)}</span>" for part in facts)
    return f'<p class="told" role="status"><strong>{escape(count)}</strong>{parts}</p>'


def table(image: ImageDetections, colours: Colours, language: Language) -> str:
    """The objects, best first, each with the colour of its box."""
    if not image.detections:
        return note(text("detect.nothing", language))
    heads = "".join(
        f'<th scope="col">{escape(text(f"detect.{key}", language))}</th>' for key in ("what", "score", "where")
    )
    rows = "".join(_row(found, colours[found.label]) for found in image.detections)
    return f'<div class="found" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(found: Found, colour: tuple[int, int, int]) -> str:
    x1, y1, x2, y2 = found.box
    label = "" if found.name == found.label else f" <small>{escape(found.label)}</small>"
    share = f"{found.score:.0%}"
    return (
        f'<tr><th scope="row"><i style="background:rgb{colour}"></i>{escape(found.name)}{label}</th>'
        f'<td><meter min="0" max="1" value="{found.score:.3f}"></meter> {share}</td>'
        f"<td>{x1:.0f}, {y1:.0f}, {x2 - x1:.0f} × {y2 - y1:.0f}</td></tr>"
    )


def note(sentence: str) -> str:
    return f'<p class="note">{escape(sentence)}</p>'


def error_note(sentence: str) -> str:
    return f'<p class="note trouble" role="alert">{escape(sentence)}</p>'


def licence(model: ModelListed, language: Language) -> str:
    """The licence of the weights, and what it asks of operators who offer them."""
    if model.licence is None:
        return note(text("detect.own_weights", language))
    name = f'<a href="{escape(model.page or "")}" target="_blank" rel="noopener noreferrer">{escape(model.name)}</a>'
    line = f"{text('detect.licence', language)}: {model.licence} – {model.licence_text or ''}"
    return f'<p class="note">{name} · {escape(line)}</p>'


def coco(image: ImageDetections, classes: Sequence[str]) -> dict[str, Any]:
    """As COCO's annotation files have it: x, y, width and height in pixels; categories by the model's own numbers."""
    annotations = [
        {
            "id": number,
            "image_id": 1,
            "category_id": found.class_id,
            "bbox": [x1, y1, round(x2 - x1, 1), round(y2 - y1, 1)],
            "area": round((x2 - x1) * (y2 - y1), 1),
            "iscrowd": 0,
            "score": found.score,
        }
        for number, found in enumerate(image.detections, start=1)
        for x1, y1, x2, y2 in [found.box]
    ]
    return {
        "images": [{"id": 1, "file_name": image.file or "", "width": image.width, "height": image.height}],
        "annotations": annotations,
        "categories": [{"id": number, "name": label} for number, label in enumerate(classes)],
    }
