"""Classes of requests. What counts against one class does not count against another."""

from typing import Final, Literal

LimitClass = Literal[
    "read",
    "write",
    "poll",
    "photo",
    "photo_mb",
    "file_mb",
    "upload",
    "download",
    "picture",
    "stream",
    "costly",
    "sign_in",
    "wrong_try",
    "register",
    "guest",
    "refresh",
    "mail",
    "socket_event",
    "message",
    "typing",
    "read_mark",
    "room_entry",
    "report",
]
"""``photo`` begins an analysis, ``photo_mb`` are the MiB that it sends, ``file_mb`` those of files for rooms of the
chat, ``picture`` is for the plain detector,
``costly`` asks a language model, ``mail`` sends one; ``guest`` makes a new guest, ``refresh`` new tokens for old.
``message`` says something in a room, ``read_mark`` how far one has read, ``room_entry`` comes into one.
``wrong_try`` is a wrong password or code for one account, counted when it has turned out to be wrong."""

Per = Literal["person", "network"]
"""Whose requests share a bucket: those of a person, account or mail address, or those of a network."""

OF_A_NETWORK: Final[frozenset[LimitClass]] = frozenset({"sign_in", "register", "guest", "refresh", "mail"})
"""Where an access token says nothing about who asks: whoever tries passwords may hold a guest's token, or hundreds."""

FAIL_CLOSED: Final[frozenset[LimitClass]] = frozenset({"sign_in", "wrong_try", "register"})
"""Refused while nobody can count: otherwise whoever brings Valkey down may try as many passwords as they like."""
