"""Keep keys out of what the HTTP libraries log: they tell whole addresses at INFO, and header lines at DEBUG.

Rule of the file: no logger but theirs is touched, and no record is changed but one with a key of ours in it.
"""

from __future__ import annotations

import logging

from conformance.calls.concealing import concealed, parts_of

_LOGGERS = (
    *("httpx", "httpx2"),
    *(f"{core}.{name}" for core in ("httpcore", "httpcore2") for name in ("connection", "http11", "http2", "proxy")),
)
_KEYS: set[str] = set()
"""The keys that calls of this process are made with."""


class _Masking(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        hidden = concealed(told, _KEYS)
        if hidden != told:
            record.msg, record.args = hidden, ()
        return True


def mute(key: str) -> None:
    """See to it that the HTTP libraries do not log this key from now on."""
    if not key or key in _KEYS:
        return
    if not _KEYS:
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(_Masking())
    _KEYS.update(parts_of(key))


def known_keys() -> frozenset[str]:
    """The keys, and the parts of them, that calls of this process are made with."""
    return frozenset(_KEYS)
