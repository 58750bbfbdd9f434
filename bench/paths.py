"""Folders on this machine: a temporary one to work in, weights, reference photos."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_data_path

from bench.worker_processes import ROOT


@contextmanager
def workplace() -> Iterator[Path]:
    """A temporary folder directly below /tmp, since the path of a socket in it has to be short."""
    folder = Path(tempfile.mkdtemp(prefix="bunri-bench-", dir="/tmp"))
    folder.chmod(0o755)  # when run as root, the servers run under another account, which has to enter
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shared() -> Path | None:
    """The reference photos and models, when this machine has them."""
    folder = Path(os.environ.get("BUNRI_SHARED", ROOT.parent / "shared"))
    return folder.resolve() if folder.is_dir() else None


def weights() -> Path | None:
    """A folder with weights: the one of the settings, the reference models, or the product's downloads."""
    reference = shared()
    candidates = (
        os.environ.get("BUNRI_MODELS_DIR"),
        reference and reference / "models",
        user_data_path("bunri") / "models",
    )
    return next((Path(folder) for folder in candidates if folder and any(Path(folder).glob("*.onnx"))), None)


def detector() -> Path | None:
    """The default detector's weights."""
    folder = weights()
    path = folder / "yolox_nano.onnx" if folder else None
    return path if path and path.is_file() else None


@contextmanager
def no_settings() -> Iterator[None]:
    """Hides the person's own settings, and so their database, from what runs in this block: ``BUNRI_*`` and a
    ``bunri.toml`` in the current folder."""
    before, here, folder, reference = dict(os.environ), Path.cwd(), weights(), shared()
    with workplace() as empty:
        for name in [name for name in os.environ if name.startswith("BUNRI_")]:
            del os.environ[name]
        os.environ["BUNRI_VISION__FETCH"] = "false"
        if folder:
            os.environ["BUNRI_MODELS_DIR"] = str(folder.absolute())
        if reference:
            os.environ["BUNRI_SHARED"] = str(reference)
        os.chdir(empty)
        try:
            yield
        finally:
            os.chdir(here)
            os.environ.clear()
            os.environ.update(before)
