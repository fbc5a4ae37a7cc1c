"""Several answers at once: as many as `n` asked for, each with its number, each finished.

Rule of the file: the canonical answer is the first one, so this looks at the language's own JSON.
"""

from __future__ import annotations

from collections.abc import Callable

from conformance.endpoints.performed import Performed
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found
from conformance.model import JSON
from conformance.reading import Reading


def has_as_many(wanted: int) -> Callable[[Performed], Found]:
    """The check that so many choices came."""

    def check(found: Performed) -> Found:
        reading = Reading(found.exchange, found.endpoint.dialect)
        bodies = [frame.json for frame in reading.chunks] if reading.streamed else [reading.reply]
        numbers = {one.get("index") for body in bodies for one in _choices(body)}
        if numbers != set(range(wanted)):
            told = f"{wanted} answers were asked for, {len(numbers)} came"
            yield broken("EP-22", told, expected=list(range(wanted)), got=sorted(map(str, numbers)))

    return check


def _choices(body: JSON) -> list[dict[str, JSON]]:
    found = body.get("choices") if isinstance(body, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
