"""``python -m training DATA --out FOLDER [--ship]``: trains the material model and writes the files that ship.

Every stage leaves its result in FOLDER and is skipped where that exists; seeds are fixed.
"""

import argparse
import shutil
from pathlib import Path

from bunri.platform.vision import material
from bunri.platform.vision.material.classifier import SHIPPED
from training.stages import Workspace, make


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with trashnet/ and more-photos/")
    parser.add_argument("--out", type=Path, default=Path("data/material"), help="where stages leave their results")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--keep-network", action="store_true", help="start from the package's network: only its calibration"
    )
    parser.add_argument("--ship", action="store_true", help="put the result into the package")
    arguments = parser.parse_args()
    package = Path(material.__file__).parent
    if arguments.keep_network:
        arguments.out.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package / "material.onnx", arguments.out / "material.onnx")
        (arguments.out / "feature_bank.npz").unlink(missing_ok=True)
    make(Workspace(arguments.data, arguments.out, arguments.processes))
    if arguments.ship:
        for name in SHIPPED:
            shutil.copyfile(arguments.out / name, package / name)


if __name__ == "__main__":
    main()
