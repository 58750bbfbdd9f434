"""``/detect``: object detection as a page, built with Gradio.

Gradio is not imported before the first request for the page (page.py), since it weighs more than the API itself
(docs/decisions/0009-detection-page.md).
"""
