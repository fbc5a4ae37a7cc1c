"""Keep keys out of what the HTTP libraries log: they tell whole addresses at INFO, and header lines at DEBUG.

Rule of the file: no logger but theirs is touched, and no record is changed but one with a key of ours in it.
"""

from __future__ import annotations

import logging
from threading import Lock

from conformance.calls.concealing import concealed, parts_of

_LOGGERS = (
    *("httpx", "httpx2"),
    *(f"{core}.{name}" for core in ("httpcore", "httpcore2") for name in ("connection", "http11", "http2", "proxy")),
)


class _Mask(logging.Filter):
    """Masks the keys that calls of this process are made with; any thread may add one while others log."""

    keys: frozenset[str] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        hidden = concealed(told, self.keys)
        if hidden != told:
            record.msg, record.args = hidden, ()
        return True

    def add(self, key: str) -> None:
        with self._lock:
            if not self.keys:
                for name in _LOGGERS:
                    logging.getLogger(name).addFilter(self)
            self.keys |= parts_of(key)


_MASK = _Mask()


def mute(key: str) -> None:
    """See to it that the HTTP libraries do not log this key from now on."""
    if key and key not in _MASK.keys:
        _MASK.add(key)


def known_keys() -> frozenset[str]:
    """The keys, and the parts of them, that calls of this process are made with."""
    return _MASK.keys
