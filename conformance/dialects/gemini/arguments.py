"""Arguments that come in pieces, each with the path of its place -> one growing JSON text (Vertex AI streams so).

Rule of the file: text only grows, so what was closed stays closed; the pieces come in the order of the document.
"""

from __future__ import annotations

import json
import re

from conformance.model import JSON

from .frames import PartialArg

_STEP = re.compile(r"""\.([^.\[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]""")

Step = str | int
"""A key of an object, or an index of an array."""


def steps_of(path: str) -> list[Step]:
    """The steps of `$.a.b[0]`. Raises `ValueError` for what is no such path."""
    found: list[Step] = []
    at = 1
    while hit := _STEP.match(path, at):
        key, index, single, double = hit.groups()
        quoted = single if single is not None else double
        found.append(int(index) if index else key if key else re.sub(r"\\(.)", r"\1", quoted or ""))
        at = hit.end()
    if not path.startswith("$") or not found or at != len(path):
        raise ValueError(f"{path!r} is no path to an argument")
    return found


class Arguments:
    """The arguments of one call; each method returns the text that it adds."""

    def __init__(self) -> None:
        self._path: list[Step] = []  # the place of the last value; all but its last step are open containers
        self._used: set[tuple[Step, ...]] = set()
        self._in_string = False

    def add(self, piece: PartialArg) -> str:
        """Add one piece. Raises `ValueError` for a path that leads back to what is closed."""
        steps = steps_of(piece.json_path)
        here = steps == self._path
        if here and not self._in_string and not piece.string_value:
            return ""  # the empty piece that ends a string, once more
        text = "" if here and self._in_string else self._go(steps)
        if piece.string_value is not None or self._in_string:
            text += "" if self._in_string else '"'
            text += json.dumps(piece.string_value or "", ensure_ascii=False)[1:-1]
            self._in_string = piece.will_continue
            return text if piece.will_continue else text + '"'
        return text + json.dumps(_scalar(piece))

    def end(self) -> str:
        """Close whatever is open; `{}` when nothing came."""
        if not self._path:
            return "{}"
        text = self._unquote() + "".join(map(_closing, reversed(self._path)))
        self._path = []
        return text

    def _unquote(self) -> str:
        quote, self._in_string = '"' if self._in_string else "", False
        return quote

    def _go(self, steps: list[Step]) -> str:
        """Leave the last place and come to that of `steps`."""
        old, shared = self._path, 0
        while shared < min(len(old), len(steps)) - 1 and old[shared] == steps[shared]:
            shared += 1
        if tuple(steps[: shared + 1]) in self._used:
            raise ValueError(f"the argument {_shown(steps)} leads back to what is closed")
        text = self._unquote() + "".join(map(_closing, reversed(old[shared + 1 :])))
        text += "," if old else _opening(steps[0])
        for depth in range(shared, len(steps)):
            self._used.add(tuple(steps[: depth + 1]))
            text += _opening(steps[depth]) if depth > shared else ""
            text += _label(steps[depth])
        self._path = steps
        return text


def _opening(step: Step) -> str:
    return "[" if isinstance(step, int) else "{"


def _closing(step: Step) -> str:
    return "]" if isinstance(step, int) else "}"


def _label(step: Step) -> str:
    return "" if isinstance(step, int) else json.dumps(step, ensure_ascii=False) + ":"


def _scalar(piece: PartialArg) -> JSON:
    return piece.bool_value if piece.bool_value is not None else piece.number_value


def _shown(steps: list[Step]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
