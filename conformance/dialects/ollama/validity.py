"""What makes Ollama's server refuse a request body: the schema first, then what no schema can say.

Rule of the file: checks yield sentences; the first one found is what the server says.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator

from conformance.model import JSON

from .schemas import SCHEMAS


def first_fault(body: JSON) -> str | None:
    """The first reason to refuse; None for a valid body."""
    if not isinstance(body, dict):
        return "invalid request: the body must be a JSON object"
    return next((fault for check in _CHECKS for fault in check(body)), None)


def _model(body: dict[str, JSON]) -> Iterator[str]:
    if not body.get("model"):
        yield "model is required"


def _schema(body: dict[str, JSON]) -> Iterator[str]:
    from conformance.schema import problems

    for one in problems(SCHEMAS["request"], body):
        yield f"{(one.path or '$').removeprefix('$').lstrip('.') or 'the body'}: {one.message}"


def _pictures(body: dict[str, JSON]) -> Iterator[str]:
    for at, said in enumerate(body.get("messages") or ()):
        for number, data in enumerate(said.get("images") or ()):
            if not is_base64(data):
                yield f"illegal base64 data in messages[{at}].images[{number}]"


def is_base64(data: str) -> bool:
    """Whether a text is plain base64, without the head of a data URL."""
    try:
        base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return False
    return bool(data)


_CHECKS: tuple[Callable[[dict[str, JSON]], Iterator[str]], ...] = (_model, _schema, _pictures)
