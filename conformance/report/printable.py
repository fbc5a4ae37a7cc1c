"""Text that is safe to print, whatever was on the wire: no control character, no lone surrogate, no broken terminal.

Rule of the file: escapes are Python's and JSON's own (`\\n`, `\\x1b`, `\\ud800`); nothing is dropped silently.
"""

from __future__ import annotations

import unicodedata

_ORNAMENT = str.maketrans(
    {"…": "...", "–": "-", "—": "-", "→": "->", "⇔": "<=>", "≥": ">=", "≤": "<=", "∈": "in", "×": "x", "≠": "!=",
     "“": '"', "”": '"', "‘": "'", "’": "'", "·": "-", "✓": "ok", "✗": "x", "\u00a0": " "}
)  # fmt: skip
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def one_line(text: str) -> str:
    """The text on one line, with everything that could move a cursor or break an encoder escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_escaped, text))


def ascii_line(text: str) -> str:
    """The text on one line in ASCII: typographic signs spelled out, other characters escaped."""
    if text.isascii() and text.isprintable():
        return text
    return one_line(text.translate(_ORNAMENT)).encode("ascii", "backslashreplace").decode("ascii")


def clipped(text: str, most: int) -> str:
    """The text, cut in the middle of nothing: at most so many characters, with `…` where it was cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def many(number: int, noun: str) -> str:
    """A number of things: `1 case`, `2 cases`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _escaped(sign: str) -> str:
    if sign in _SHORT:
        return _SHORT[sign]
    if unicodedata.category(sign) not in _UNSAFE:
        return sign
    return sign.encode("ascii", "backslashreplace").decode("ascii") if ord(sign) > 127 else f"\\x{ord(sign):02x}"
