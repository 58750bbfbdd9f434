"""``python -m training DATA --out FOLDER [--ship]``: from pictures to material.onnx and calibration.json.

Every stage leaves its result in FOLDER and is skipped where that exists; seeds are fixed.
"""

import argparse
import shutil
from pathlib import Path

from bunri.platform.vision import material
from training.stages import Workshop, make


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with trashnet/ and more-photos/")
    parser.add_argument("--out", type=Path, default=Path("data/material"), help="where stages leave their results")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--ship", action="store_true", help="put the result into the package")
    arguments = parser.parse_args()
    make(Workshop(arguments.data, arguments.out, arguments.processes))
    if arguments.ship:
        for name in ("material.onnx", "calibration.json"):
            shutil.copyfile(arguments.out / name, Path(material.__file__).parent / name)


if __name__ == "__main__":
    main()
