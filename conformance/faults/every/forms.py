"""Faults of answers in JSON: it was asked for, and does not come, or not as its schema says.

Rule of the file: each language says itself how JSON is asked for; the answers are the same in all.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking, Fault
from conformance.model import Text

_TOLD = (
    ("schema-ignored", "Prose comes, though a schema was given.", "Bergen lies in Norway."),
    ("schema-broken", "The JSON breaks the schema that was given.", '{"city": "Bergen"}'),
    ("json-fenced", "The JSON stands in a fence of Markdown.", '```json\n{"city": "Bergen"}\n```'),
    ("json-cut", "The JSON is cut short, and the answer ends with stop.", '{"city": "Berg'),
    ("json-introduced", "Words stand before the JSON.", 'Here it is: {"city": "Bergen"}'),
)


def forms(told: Teller, asks: Asking, on: str = "") -> Iterator[Fault]:
    """What comes in place of an answer by a schema; and of JSON alone, which is asked for so."""
    for id, sentence, text in _TOLD:
        yield from told.twins(id, "GN-26", sentence, kit.says(Text(text)), on="structured_output")
    yield from told.twins(
        "json-ignored", "GN-26", "Prose comes, though JSON was asked for.", kit.says(Text("Hello!")), on=on, asks=asks
    )
