"""One program, many targets: which domains a process hosts, which URLs and queues are its own, what it needs.

Every URL prefix and every queue belongs to exactly one target; the gateway's map is made from this table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bunri.kit.errors import Invalid


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    domains: tuple[str, ...]
    """Hosted here; the domains they ask live in this process too, or behind ``peers``."""
    prefixes: tuple[str, ...]
    queues: tuple[str, ...]
    needs: tuple[str, ...]
    """Empty: it stands alone, without servers or a secret."""


TARGETS: Final = (
    Target("auth", ("auth",), ("/api/v1/auth",), (), ("database",)),
    Target(
        "waste",
        ("waste",),
        ("/api/v1/waste", "/api/v1/objects"),
        ("waste", "default"),
        ("database", "jobs", "broker", "storage", "recycling", "locations"),
    ),
    Target("recycling", ("recycling",), ("/api/v1/recycling",), ("recycling",), ("database", "llm_cache", "broker")),
    Target("locations", ("locations",), ("/api/v1/locations",), (), ("database",)),
    Target("detect", ("detection",), ("/api/v1/detect", "/detect"), (), ()),
)

ALL: Final = "all"
DOMAINS: Final = tuple(domain for target in TARGETS if "database" in target.needs for domain in target.domains)
"""Those that keep something: a schema and a role of the database each."""
QUEUES: Final = tuple(queue for target in TARGETS for queue in target.queues)


class TargetUnknown(Invalid):
    """No such target (``name``); ``known`` lists them."""

    code = "target_unknown"


class QueueUnknown(Invalid):
    """No such queue (``name``); ``known`` lists them."""

    code = "queue_unknown"


def target(name: str) -> Target:
    """The target ``name``; ``all`` is every one of them in one process."""
    if name == ALL:
        return Target(
            ALL,
            tuple(domain for one in TARGETS for domain in one.domains),
            tuple(prefix for one in TARGETS for prefix in one.prefixes),
            QUEUES,
            ("database", "jobs", "llm_cache", "broker", "storage"),
        )
    for one in TARGETS:
        if one.name == name:
            return one
    raise TargetUnknown(name=name, known=", ".join([ALL, *(one.name for one in TARGETS)]))


def known(queues: Sequence[str]) -> None:
    """Raises QueueUnknown for the first of ``queues`` that no target owns."""
    for queue in queues:
        if queue not in QUEUES:
            raise QueueUnknown(name=queue, known=", ".join(QUEUES))
