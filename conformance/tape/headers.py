"""Header lines as we hold them, and as they stand in a cassette.

Rule of the file: order and repetition survive, but for the place of a repeated name among others.
"""

from __future__ import annotations

from typing import TypeAlias

from conformance.exchange import Headers

HeaderLists: TypeAlias = dict[str, str | list[str]]
"""Header values by name; a list where a name was repeated."""


def header_lines(lists: HeaderLists) -> Headers:
    """Header lines in order, one for each value."""
    return tuple(
        (name, value) for name, values in lists.items() for value in ((values,) if isinstance(values, str) else values)
    )


def header_lists(headers: Headers) -> HeaderLists:
    """Header lines as they stand in the file."""
    lists: dict[str, list[str]] = {}
    for name, value in headers:
        lists.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in lists.items()}
