"""Which frames of a stream are alike: those that differ only in the text that they bring.

Rule of the file: bytes are compared, nothing is parsed; most of a stream is one frame again and again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SOME_TEXT = rb'"[^"\\]+(?:\\.[^"\\]*)*"'
_TEXT = re.compile(
    rb'("(?:content|text|arguments|partial_json|thinking|reasoning|reasoning_content|delta|input|obfuscation|p)":)'
    + _SOME_TEXT
)
"""A value of JSON that is text and not empty, below a name that texts of models stand under."""
_NOTHING = re.compile(rb"(?!)")


def first_alike(frames: Iterable[tuple[int, str, bytes, object]]) -> dict[int, int]:
    """By the number of each frame (number, event, data, its JSON) that of the first one that is like it, or its own."""
    like: dict[tuple[str, bytes], tuple[int, re.Pattern[bytes]]] = {}
    found: dict[int, int] = {}
    last, first, pattern = "", 0, _NOTHING
    for number, event, data, _ in frames:
        if event != last or not pattern.fullmatch(data):  # else most of a stream: a sixth of the cost
            last, kind = event, (event, _TEXT.sub(rb"\1\0", data))
            known = like.get(kind)
            first, pattern = known or (number, _NOTHING)
            if known and pattern is _NOTHING:  # compiled when another one comes: many kinds come only once
                pattern = re.compile(_SOME_TEXT.join(map(re.escape, kind[1].split(b"\0"))))
            like[kind] = first, pattern
        found[number] = first
    return found
