"""``/detect``: the plain detector as a page, built with Gradio.

Nothing here imports Gradio until somebody opens the page (page.py), since it weighs more than the API itself
(docs/decisions/0009-detection-page.md).
"""
