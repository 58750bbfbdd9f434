"""A worker that prints beside its answer."""

import sys
from collections.abc import Callable, Mapping

from bench import worker_processes


def prepare(plan: worker_processes.Plan) -> Callable[[], Mapping[str, bool]]:
    sys.stdout.write(plan["says"])

    def work() -> Mapping[str, bool]:
        sys.stdout.write(plan["says"])
        sys.stdout.flush()
        return {"said": True}

    return work


if __name__ == "__main__":
    worker_processes.serve(prepare)
