"""The page's look: bunri's calm green, fonts of the device, nothing from elsewhere."""

from pathlib import Path
from typing import Final

import gradio as gr
from gradio.themes.utils import colors, sizes

_GREEN: Final = colors.Color(
    name="bunri", c50="#eef7f2", c100="#d8ecdf", c200="#b3d9c2", c300="#86c0a0", c400="#56a37c", c500="#32865f",
    c600="#1b6b4a", c700="#16573c", c800="#134531", c900="#103929", c950="#082019",
)  # fmt: skip
_GREY: Final = colors.Color(
    name="bunri-grey", c50="#f7f9f8", c100="#eef1ef", c200="#dde3df", c300="#c3ccc7", c400="#94a19a", c500="#6a7870",
    c600="#4f5c55", c700="#3a4640", c800="#232c27", c900="#171e1a", c950="#0f1512",
)  # fmt: skip
_FONTS: Final = (
    "Pretendard", "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", "system-ui", "sans-serif",
)  # fmt: skip


def theme() -> gr.themes.Base:
    made: gr.themes.Base = gr.themes.Base(
        primary_hue=_GREEN,
        secondary_hue=_GREEN,
        neutral_hue=_GREY,
        radius_size=sizes.radius_lg,
        font=_FONTS,
        font_mono=("ui-monospace", "monospace"),
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
        block_info_text_color="*neutral_500",
        block_info_text_color_dark="*neutral_400",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_width="1px",
        block_shadow="none",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_500",
        button_primary_text_color="white",
        slider_color="*primary_600",
        slider_color_dark="*primary_400",
        link_text_color="*primary_600",
        link_text_color_dark="*primary_300",
    )
    return made


def css() -> str:
    return Path(__file__).with_name("style.css").read_text("utf-8")
