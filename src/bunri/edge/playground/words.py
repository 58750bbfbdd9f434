"""The words that Gradio writes itself, in the page's language: a script for the page."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import orjson

from bunri.kit.languages import Language, text

_WORDS: Final[Mapping[str, str]] = {
    "File upload": "choose_file",
    "Upload file": "upload_file",
    "Drop an image file here to upload": "choose_file",
    "이곳에 이미지 파일을 끌어다 놓으세요.": "choose_file",
    "Capture from camera": "camera",
    "Paste from clipboard": "paste",
    "capture photo": "take_photo",
    "grant webcam access": "allow_camera",
    "select input source": "select_camera",
    "select source": "select_camera",
    "start recording": "start_recording",
    "stop recording": "stop_recording",
    "spinner": "loading",
    "Loading...": "loading",
    "Empty value": "empty",
    "Reset to default value": "reset",
    "Fullscreen": "fullscreen",
    "Exit fullscreen mode": "exit_fullscreen",
    "Remove Image": "remove_image",
    "Close": "close",
    "Clear": "clear",
    "Error": "error",
    "Warning": "warning",
    "Info": "info",
    "An error occurred.": "failed",
    "common.complete": "complete",
    "processing |": "processing",
    "Connection Lost": "connection_lost",
    "Connection to the server was lost. Attempting reconnection...": "reconnecting",
    "Connection errored out.": "reconnecting",
    "This application is currently busy. Please try again.": "busy",
    "Waiting for file(s) to finish uploading, please retry.": "still_uploading",
}
"""What Gradio writes → what we say: ``detect.controls.<key>``."""
_PATTERNS: Final[Mapping[str, str]] = {
    "number input for ": "number_of",
    "range slider for ": "slider_of",
    "queue: ": "queue",
}
"""What begins so goes on with the name of a field, or with numbers."""


@cache
def script(language: Language) -> str:
    """Replaces Gradio's words by ours wherever they appear, and makes Gradio take ``language`` for the browser's."""
    words, patterns = (
        {written: text(f"detect.controls.{key}", language, name="{name}") for written, key in table.items()}
        for table in (_WORDS, _PATTERNS)
    )
    told = orjson.dumps({"language": language, "words": words, "patterns": patterns}).decode().replace("<", "\\u003c")
    return Path(__file__).with_name("words.js").read_text("utf-8").replace("(WORDS)", f"({told})")
