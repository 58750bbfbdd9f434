"""Reference photos and weights that lie beside the repository, where they do."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(os.environ.get("BUNRI_SHARED", ROOT.parent / "shared"))
    if not (folder / "models").is_dir():
        pytest.skip(
            f"weights whose licence forbids shipping them are not in {folder}; test_heads runs every head without"
        )
    return folder
