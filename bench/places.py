"""Where things lie on this machine: a folder to work in, weights, reference photos."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_data_path

from bench.crew import ROOT


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that is gone afterwards. Below /tmp itself: the path of a socket in it has to be short."""
    folder = Path(tempfile.mkdtemp(prefix="bunri-bench-", dir="/tmp"))
    folder.chmod(0o755)  # as root, the servers' own account has to enter
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shared() -> Path | None:
    """The reference photos and models, when this machine has them."""
    folder = Path(os.environ.get("BUNRI_SHARED", ROOT.parent / "shared"))
    return folder.resolve() if folder.is_dir() else None


def weights() -> Path | None:
    """A folder with weights: the one that is set, the reference models, or what the product has fetched before."""
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
    """Nothing of the person's own settings, least of all their database, reaches what runs in this block: neither
    ``BUNRI_*`` nor a ``bunri.toml`` where we stand."""
    before, here, folder, reference = dict(os.environ), Path.cwd(), weights(), shared()
    with workplace() as elsewhere:
        for name in [name for name in os.environ if name.startswith("BUNRI_")]:
            del os.environ[name]
        os.environ["BUNRI_VISION__FETCH"] = "false"
        if folder:
            os.environ["BUNRI_MODELS_DIR"] = str(folder.absolute())
        if reference:
            os.environ["BUNRI_SHARED"] = str(reference)
        os.chdir(elsewhere)
        try:
            yield
        finally:
            os.chdir(here)
            os.environ.clear()
            os.environ.update(before)
