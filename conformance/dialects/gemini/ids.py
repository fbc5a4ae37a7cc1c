"""Ids of calls that came without one: made here, known again, and never sent.

Rule of the file: the same answer always gets the same ids; `id` is optional in this language, so a made one stays home.
"""

from __future__ import annotations

_MARK = "unnamed:"


def made(reply: str, number: int) -> str:
    """The id of the call of that number in an answer."""
    return f"{_MARK}{reply}:{number}"


def is_made(id: str) -> bool:
    """Whether an id was made here."""
    return not id or id.startswith(_MARK)
