"""Argon2id alone: the limit of how many people can sign in by a password. In a process of its own."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from argon2.low_level import Type, verify_secret

from bench import worker_processes


def prepare(plan: worker_processes.Plan) -> Callable[[], Mapping[str, float]]:
    """Verifies ``password`` against ``hash``, which names the parameters, in ``threads`` for ``seconds``."""
    hashed, password = plan["hash"].encode(), plan["password"].encode()

    def verify(until: float) -> int:
        done = 0
        while time.perf_counter() < until:
            verify_secret(hashed, password, Type.ID)
            done += 1
        return done

    def work() -> Mapping[str, float]:
        began = time.perf_counter()
        with ThreadPoolExecutor(plan["threads"]) as pool:
            done = sum(pool.map(verify, [began + plan["seconds"]] * plan["threads"]))
        return {"per_second": done / (time.perf_counter() - began)}

    return work


if __name__ == "__main__":
    worker_processes.serve(prepare)
