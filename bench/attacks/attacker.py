"""An attacker: a process that does one of the attacks (``python -m bench.attacks.attacker``)."""

import faulthandler
from collections.abc import Callable, Mapping
from typing import Any, Final

from bench import worker_processes
from bench.attacks import connections, photos, requests
from bench.attacks.found import Attack

ATTACKS: Final[dict[str, Attack]] = {
    attack.__name__: attack
    for attack in (
        connections.endless_headers,
        connections.half_requests,
        connections.half_uploads,
        connections.slow_bodies,
        connections.event_streams,
        connections.nonsense,
        requests.uploads,
        requests.guests,
        requests.jobs,
        requests.tickets,
        requests.refused,
        requests.tokens,
        photos.photos,
        photos.short_of_memory,
    )
}

PATIENCE_S: Final = 120.0
"""Seconds that preparing an attack, and ending it, may take."""


def _prepare(plan: worker_processes.Plan) -> Callable[[], Mapping[str, Any]]:
    faulthandler.dump_traceback_later(plan["seconds"] + PATIENCE_S, exit=True)  # a row that hangs holds up no other
    attack = ATTACKS[plan["attack"]](plan)
    return lambda: attack().document()


if __name__ == "__main__":
    worker_processes.serve(_prepare)
