"""JSON in an event stream that stands where no client sees it.

Rule of the file: bytes in, bytes out; whether that is a fault is for others to say.
"""

from __future__ import annotations

import re

_OUTSIDE = rb"((?!(?:data|event|id|retry)?:)[^\r\n\"{]{0,24}\{[^\r\n]*)"
_LOST, _LOST_AFTER_LF = re.compile(rb"[\r\n]" + _OUTSIDE), re.compile(rb"\n" + _OUTSIDE)  # the latter is much faster


def outside_of_data(body: bytes) -> tuple[bytes, ...]:
    """The lines of an event stream that bring JSON in another field than `data`, or in none."""
    body = b"\n" + body.removeprefix(b"\xef\xbb\xbf")
    return tuple(hit[1] for hit in (_LOST if b"\r" in body else _LOST_AFTER_LF).finditer(body))
