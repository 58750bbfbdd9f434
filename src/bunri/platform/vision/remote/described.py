"""A language model that is shown the photo and fills in a form (OpenAI and compatible servers, Claude).

It may only pick from our own lists: items of the rule table, materials, forms, and the parts and states that change
advice. What it writes beside them is left out and counted, so that neither a model that makes things up nor a photo
with instructions written on it gets a word of its own into an answer.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, WithJsonSchema, create_model

from bunri.kit.languages import Language, text
from bunri.kit.materials import Material, Tag
from bunri.platform.llm.errors import LlmFailed
from bunri.platform.llm.protocol import RemoteModel
from bunri.platform.vision.errors import VisionFailed
from bunri.platform.vision.protocol import DescribedThing, Pixels, VisionResult
from bunri.platform.vision.remote.metrics import MADE_UP
from bunri.platform.vision.remote.objects import MAX_OBJECTS
from bunri.platform.vision.remote.picture import fraction_box, picture_of

Form = Literal[
    "bottle", "can", "jar", "cup", "bowl", "box", "carton", "tray", "tube", "pot", "lid",
    "bag", "film", "sheet", "book", "cloth", "stick", "piece", "furniture",
]  # fmt: skip
"""The forms that the rule table knows."""
PARTS: Final = {
    "cap": Tag.CAP_ON,
    "label": Tag.LABEL_ON,
    "tape": Tag.TAPE_ON,
    "battery": Tag.BATTERY_INSIDE,
    "other_material": Tag.MIXED,
}
"""Parts that are still on a thing, by what they are to the rules."""
STATES: Final = {tag.value: tag for tag in Tag if tag not in PARTS.values()}

Items = Callable[[], Awaitable[Sequence[str]]]
"""Asks for the slugs of the rule table in force."""

MAX_TOKENS: Final = 2048
"""Enough for twenty things, twice as many as the prompt asks for."""


class Corners(BaseModel):
    """Fractions of width and height, from the top left."""

    x1: float
    y1: float
    x2: float
    y2: float


class ThingForm(BaseModel):
    """One thing. ``item``, ``parts`` and ``states`` are read as any words, so that a made-up one costs itself alone."""

    item: str | None
    material: Material
    form: Form | None
    parts: list[str]
    states: list[str]
    probability: float = Field(ge=0, le=1)
    box: Corners | None


class PhotoForm(BaseModel):
    things: Sequence[ThingForm]


class DescribedVision:
    """A RemoteVision that asks ``model``."""

    def __init__(self, model: RemoteModel, language: Language, items: Items) -> None:
        self._model = model
        self._language = language
        self._items = items
        self._ask = text("prompts.see.ask", language)

    @property
    def models(self) -> dict[str, str]:
        # Another wording gives other results, so it is part of the version. Which items there are is not: what was seen
        # is stored under it, and slugs that are gone mean nothing.
        wording = hashlib.sha256((self._system([]) + self._ask).encode()).hexdigest()[:8]
        return {"describer": f"{self._model.name}@{wording}"}

    async def see(self, pixels: Pixels) -> VisionResult:
        """As Vision; what it sees is ``described``. Raises VisionFailed."""
        items = tuple(await self._items())
        picture = await picture_of(pixels)
        try:
            photo = await self._model.structured(
                system=self._system(items),
                prompt=self._ask,
                shape=photo_form(items),
                max_tokens=MAX_TOKENS,
                jpeg=picture.jpeg,
            )
        except LlmFailed as failed:
            raise VisionFailed(reason=failed.reason) from failed
        likeliest = sorted(photo.things, key=lambda thing: -thing.probability)[:MAX_OBJECTS]
        known = frozenset(items)
        return VisionResult((), self.models, described=tuple(_thing(each, known) for each in likeliest))

    async def aclose(self) -> None:
        await self._model.aclose()

    def _system(self, items: Sequence[str]) -> str:
        lists = {"items": ", ".join(items), "parts": ", ".join(PARTS), "states": ", ".join(STATES)}
        return text("prompts.see.system", self._language, **lists)


@lru_cache(maxsize=2)
def photo_form(items: tuple[str, ...]) -> type[PhotoForm]:
    """The form, whose schema names our lists: servers that hold models to a schema let them pick nothing else."""
    fields: dict[str, Any] = {
        "item": (Annotated[str | None, WithJsonSchema({"anyOf": [_one_of(items), {"type": "null"}]})], ...),
        "parts": (Annotated[list[str], WithJsonSchema({"type": "array", "items": _one_of(PARTS)})], ...),
        "states": (Annotated[list[str], WithJsonSchema({"type": "array", "items": _one_of(STATES)})], ...),
    }
    thing: Any = create_model("Thing", __base__=ThingForm, **fields)
    return create_model("Photo", __base__=PhotoForm, things=(list[thing], ...))


def _one_of(names: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}


def _thing(form: ThingForm, items: frozenset[str]) -> DescribedThing:
    box = fraction_box(form.box.x1, form.box.y1, form.box.x2, form.box.y2) if form.box else None
    if form.item is not None and form.item not in items:
        MADE_UP.labels("item").inc()
    tags = [*_tags("part", form.parts, PARTS), *_tags("state", form.states, STATES)]
    return DescribedThing(
        form.item if form.item in items else None,
        form.material,
        form.probability,
        form.form,
        box,
        tuple(dict.fromkeys(tags)),
    )


def _tags(kind: str, named: Sequence[str], known: dict[str, Tag]) -> list[Tag]:
    MADE_UP.labels(kind).inc(sum(name not in known for name in named))
    return [known[name] for name in named if name in known]
