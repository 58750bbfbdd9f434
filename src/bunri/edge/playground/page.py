"""The page itself. Importing this module loads Gradio."""

import asyncio
import json
import shutil
import time
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import gradio as gr
from fastapi import FastAPI

from bunri.domains.detection.public import (
    DetectionOptions,
    DetectionPublic,
    EncodedPicture,
    ImageDetections,
    ImageFailure,
    ModelUsed,
)
from bunri.edge.playground import rendering
from bunri.edge.playground.request_filter import UPLOAD_MB
from bunri.edge.playground.theme import css, theme
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, text
from bunri.kit.sentences import sentence
from bunri.platform.vision import coco
from bunri.platform.vision.draw import colours

WAITING: Final = 8
AT_ONCE: Final = 4
CLEANED_EVERY_S: Final = 60
KEPT_S: Final = 600
"""Uploaded and drawn pictures are deleted after so many seconds."""
EXAMPLES: Final = sorted((Path(__file__).parent / "examples").glob("*.webp"))
"""Pictures drawn for this page."""
_CONFIDENCE: Final = 0.25
_IOU: Final = 0.45


def application(detection: DetectionPublic, folder: Path, language: Language, *, home: bool) -> FastAPI:
    """An application with the page at ``/<language>``; its lifespan must be entered.

    Its ``state.functions`` are the numbers that the page may call.
    """
    parent = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    blocks = Page(detection, folder, language, home=home).blocks()
    gr.mount_gradio_app(
        parent,
        blocks,
        f"/{language}",
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        blocked_paths=[],
        max_file_size=UPLOAD_MB * 2**20,
        show_error=False,  # Gradio's internal errors belong in the log
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
        css=css(),
    )
    blocks.has_launched = True  # mounted pages never are, and Gradio checks uploaded paths of launched ones only
    parent.state.functions = frozenset(blocks.fns)
    return parent


RAW: Final[dict[str, Any]] = {"preprocess": False, "api_visibility": "private"}
"""Inputs as they were sent: Gradio would open pictures before their size is checked."""


class Page:
    """The page in one language."""

    def __init__(self, detection: DetectionPublic, folder: Path, language: Language, *, home: bool) -> None:
        self._detection = detection
        self._folder = folder
        self._language = language
        self._home = home

    def blocks(self) -> gr.Blocks:
        made: gr.Blocks = gr.Blocks(
            analytics_enabled=False, title=f"{self._text('title')} · 분리", delete_cache=(CLEANED_EVERY_S, KEPT_S)
        )
        with made:
            gr.Markdown(self._top(), sanitize_html=False)
            with gr.Row(equal_height=False):
                with gr.Column():
                    picture = self._picture()
                    find = gr.Button(self._text("find"), variant="primary")
                with gr.Column():
                    shown = self._shown()
            with gr.Accordion(self._text("settings"), open=True):
                settings, licence = self._settings()
            chosen = gr.on(
                [made.load, settings[0].input], self.choose, settings[:1], [settings[0], licence, *settings[1:4]], **RAW
            )
            detecting: dict[str, Any] = {
                "fn": self.find,
                "inputs": [picture, *settings],
                "outputs": shown,
                "show_progress_on": shown[0],
                "concurrency_limit": AT_ONCE,
                **RAW,
            }
            changes = [setting.input for setting in settings[1:]]
            gr.on([picture.change, find.click, *changes], trigger_mode="always_last", **detecting)
            chosen.then(**detecting)
        made.queue(max_size=WAITING, api_open=False)
        return made

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _picture(self) -> gr.Image:
        picture = gr.Image(
            label=self._text("picture"),
            placeholder=self._text("placeholder"),
            sources=["upload", "webcam", "clipboard"],
            type="filepath",
            image_mode=None,
            height=360,
            buttons=["fullscreen"],
            webcam_options=gr.WebcamOptions(mirror=False),
        )
        examples = gr.Dataset(
            components=[picture],
            samples=[[str(path)] for path in EXAMPLES],
            label=self._text("examples"),
            type="index",
        )
        examples.click(self.example, examples, picture, api_visibility="private")
        return picture

    def _settings(self) -> tuple[list[Any], gr.Markdown]:
        """Controls for model, least score, overlap, classes and count; and the text with the model's licence."""
        with gr.Row(equal_height=False):
            with gr.Column():
                model = gr.Dropdown(label=self._text("model"), choices=[])
                licence = gr.Markdown()
            with gr.Column():
                confidence = gr.Slider(
                    0, 1, _CONFIDENCE, step=0.01, label=self._text("confidence"), info=self._text("confidence_info")
                )
                iou = gr.Slider(0, 1, _IOU, step=0.01, label=self._text("iou"), info=self._text("iou_info"))
            with gr.Column():
                classes = gr.Dropdown(
                    label=self._text("classes"), info=self._text("classes_info"), choices=[], multiselect=True
                )
                most = gr.Slider(1, 300, 100, step=1, label=self._text("most"))
        return [model, confidence, iou, classes, most], licence

    def _shown(self) -> list[Any]:
        annotated = gr.Image(
            label=self._text("annotated"),
            interactive=False,
            elem_classes="shown",
            show_label=False,
            buttons=["download", "fullscreen"],
        )
        summary = gr.Markdown(rendering.note(self._text("waiting")))
        table = gr.Markdown()
        with gr.Row():
            plain = gr.DownloadButton(self._text("json"), interactive=False, size="md")
            coco_json = gr.DownloadButton(self._text("coco"), interactive=False, size="md")
        return [annotated, summary, table, plain, coco_json]

    def _top(self) -> str:
        other = "en" if self._language == "ko" else "ko"
        home = f'<a href="/">{self._text("home")}</a>' if self._home else ""
        return (
            f'<header class="top"><h1>{self._text("title")}</h1><nav>{home}<a href="/docs">{self._text("api")}</a>'
            f'<a href="../{other}/" hreflang="{other}" lang="{other}">{self._text("switch")}</a></nav>'
            f"<p>{self._text('lead')}</p></header>"
        )

    # ── events ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def choose(self, name: str | None) -> list[Any]:
        """Updates licence, thresholds and classes when a model was chosen or the page opened."""
        listed = [one for one in await self._detection.models(self._language) if one.here]
        model = next((one for one in listed if one.name == name or (not name and one.default)), None)
        choices = [one.name for one in listed]
        try:
            classes = await self._detection.classes(model.name if model else name)
        except BunriError as error:
            message = rendering.error_note(sentence(error, self._language))
            return [gr.Dropdown(choices=choices), message, _CONFIDENCE, _IOU, gr.Dropdown(choices=[], value=[])]
        assert model is not None  # noqa: S101  # or there would be no classes
        names = [(self._both(label), label) for label in classes]
        return [
            gr.Dropdown(choices=choices, value=model.name),
            rendering.licence(model, self._language),
            model.confidence or _CONFIDENCE,
            model.iou or _IOU,
            gr.Dropdown(choices=names, value=[]),
        ]

    def _both(self, label: str) -> str:
        name = coco.name(label, self._language)
        return label if name == label else f"{name} · {label}"

    async def example(self, number: int) -> str:
        """A copy of an example, since shown files are deleted after KEPT_S."""
        return str(self._kept("webp", EXAMPLES[number].read_bytes()))

    async def find(
        self,
        picture: dict[str, Any] | None,
        model: str | None,
        confidence: float,
        iou: float,
        classes: Sequence[str] | None,
        most: int,
    ) -> list[Any]:
        if not picture:
            return self._nothing(rendering.note(self._text("waiting")))
        options = DetectionOptions(
            model=model or None,
            confidence=confidence,
            iou=iou,
            classes=",".join(classes or []) or None,
            max_detections=most,
            annotate=True,
        )
        try:
            image, used, labels = await self._detect(picture, options)
        except BunriError as error:
            return self._nothing(rendering.error_note(sentence(error, self._language)))
        document = {"model": used.model_dump(), "picture": image.model_dump(exclude={"annotated"})}
        return [
            str(self._kept("jpg", image.annotated or b"")),
            rendering.summary(image, used, self._language),
            rendering.table(image, colours(found.label for found in image.detections), self._language),
            gr.DownloadButton(value=str(self._kept("json", _json(document))), interactive=True),
            gr.DownloadButton(
                value=str(self._kept("coco.json", _json(rendering.coco(image, labels)))), interactive=True
            ),
        ]

    async def _detect(
        self, picture: dict[str, Any], options: DetectionOptions
    ) -> tuple[ImageDetections, ModelUsed, Sequence[str]]:
        name = str(picture.get("orig_name") or "")[:200] or None
        # The request filter admits only paths in our own folder, and files of bounded size.
        content = BytesIO(await asyncio.to_thread(Path(picture["path"]).read_bytes))
        response = await self._detection.detect(nullcontext([EncodedPicture(content, name)]), options, self._language)
        [image] = response.images
        if isinstance(image, ImageFailure):
            raise image.error
        return image, response.model, response.classes

    def _kept(self, ending: str, content: bytes) -> Path:
        """Writes a file that the page may show and offer for KEPT_S."""
        made = self._folder / "made"
        made.mkdir(exist_ok=True)
        for old in made.iterdir():
            with suppress(FileNotFoundError):  # the request filter deletes old files too
                if time.time() - old.stat().st_mtime > KEPT_S:
                    shutil.rmtree(old, ignore_errors=True)
        path = made / uuid4().hex / f"bunri.{ending}"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return path

    @staticmethod
    def _nothing(message: str) -> list[Any]:
        return [None, message, "", *(gr.DownloadButton(value=None, interactive=False) for _ in range(2))]

    def _text(self, key: str) -> str:
        return text(f"detect.{key}", self._language)


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
