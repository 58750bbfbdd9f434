"""What the servers of this package lean on in python-engineio and python-socketio.

Most of it these libraries promise to nobody.
"""

import inspect
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

MADE_FOR: Final = {"python-engineio": "4.15.1", "python-socketio": "5.18.1"}
"""With these the suites of the protocols' authors were run. Others are used as well, unless something is missing."""

LEANED_ON: Final[Mapping[str, Mapping[str, str]]] = {
    "engineio.async_server.AsyncServer": {
        "handle_request": "",
        "create_queue": "",
        "generate_id": "",
        "send_packet": "sid pkt",
        "disconnect": "sid",
        "_trigger_event": "event",
        "_make_response": "response_dict environ",
        "_upgrades": "sid transport",
    },
    "engineio.async_socket.AsyncSocket": {
        "__init__": "server sid",
        "send": "pkt",
        "receive": "pkt",
        "close": "wait abort reason",
        "schedule_ping": "",
    },
    "engineio.packet.Packet": {"__init__": "packet_type data", "encode": ""},
    "socketio.async_server.AsyncServer": {
        "_engineio_server_class": "",
        "_handle_eio_connect": "eio_sid environ",
        "_handle_eio_disconnect": "eio_sid reason",
        "_handle_eio_message": "eio_sid data",
        "_handle_connect": "eio_sid namespace data",
        "_handle_disconnect": "eio_sid namespace reason",
        "_handle_event": "eio_sid namespace id data",
        "_handle_event_internal": "server sid eio_sid data namespace id",
        "_send_packet": "eio_sid pkt",
        "_trigger_event": "event namespace",
        "disconnect": "sid namespace ignore_queue",
    },
    "socketio.async_manager.AsyncManager": {
        "get_namespaces": "",
        "sid_from_eio_sid": "eio_sid namespace",
        "eio_sid_from_sid": "sid namespace",
        "disconnect": "sid namespace",
    },
    "socketio.packet.Packet": {"__init__": "packet_type data namespace id", "encode": ""},
}
"""Methods of each class that are overridden or called, and the parameters that they must have."""


def missing(leaned_on: Mapping[str, Mapping[str, str]] = LEANED_ON) -> Iterator[str]:
    """What the installed libraries have no more, or with other parameters."""
    for place, methods in leaned_on.items():
        found = _find(place)
        for name, parameters in methods.items():
            if not _takes(getattr(found, name, None), parameters.split()):
                yield f"{place}.{name}"


def _find(place: str) -> Any:
    module, _, name = place.rpartition(".")
    try:
        return getattr(import_module(module), name, None)
    except ImportError:
        return None


def _takes(function: Any, parameters: list[str]) -> bool:
    return callable(function) and set(parameters) <= set(inspect.signature(function).parameters)
