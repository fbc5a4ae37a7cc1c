"""Notice every attempt to reach another machine: the proof that playback opens no socket.

Rule of the file: an audit hook cannot be taken out again, so one is put in once and switched on for a block.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from conformance.errors import ConformanceError

_EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}
"""Audit events that reach out, and which of their arguments says where to."""
_LOCAL = re.compile(r"localhost|127\.[\d.]+|::1|")


class NetworkInPlayback(ConformanceError):
    """Something tried to reach another machine while a tape was played."""


class _Guard:
    """The hook's state: hosts that are let through while it is on."""

    def __init__(self) -> None:
        self.installed = self.on = False
        self.allowed: re.Pattern[str] = _LOCAL
        self.caught: list[NetworkInPlayback] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on or event not in _EVENTS:
            return
        host = _host(arguments[_EVENTS[event]])
        if not self.allowed.fullmatch(host):
            fault = NetworkInPlayback(f"{event} to {host!r} while a tape was played", "record it, or allow the host")
            self.caught.append(fault)
            raise fault


_GUARD = _Guard()


def _host(address: Any) -> str:
    """The host of a socket address; empty for what stays on this machine (a path, a pair of sockets)."""
    found = address[0] if isinstance(address, tuple) and address else address
    if isinstance(found, bytes):
        found = found.decode(errors="replace")
    if not isinstance(found, str) or (found.startswith(("/", "\0")) and found is address):
        return ""
    return found


@contextmanager
def no_network(allowed: Collection[str] = ()) -> Iterator[list[NetworkInPlayback]]:
    """Refuse, in this block, to reach any machine but this one and the hosts allowed (patterns)."""
    if not _GUARD.installed:
        sys.addaudithook(_GUARD)
        _GUARD.installed = True
    before = _GUARD.on, _GUARD.allowed, _GUARD.caught
    _GUARD.on, _GUARD.caught = True, []
    _GUARD.allowed = re.compile("|".join((_LOCAL.pattern, *allowed)))
    try:
        yield _GUARD.caught
    finally:
        _GUARD.on, _GUARD.allowed, _GUARD.caught = before
