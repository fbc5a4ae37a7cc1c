"""Faults of clients in what stands in messages: thinking sent back, documents, citations, images.

Rule of the file: roles, calls and results stand in `conversation`.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
)
from conformance.faults.every.telling import Teller

_asks = Teller(NAME, "conversation", "tool_result").body
_SHAPE = frozenset({"JS-Q"})


def _first(message: int, *blocks: Any) -> kit.Change:
    """Blocks ahead of those of a message."""
    return lambda told: told["messages"][message].update(content=[*blocks, *told["messages"][message]["content"]])


def _say(*blocks: Any) -> kit.Change:
    """The one message holds these blocks."""
    return lambda told: told.update(messages=[{"role": "user", "content": list(blocks)}])


_DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Rain."}}
_CITED = {"type": "text", "text": "Rain.", "citations": [{"type": "char_location", "cited_text": "Rain."}]}


FAULTS = (
    _asks(
        "thinking-unsigned",
        "AM-Q12",
        "Thinking is sent back without its signature.",
        _first(1, {"type": "thinking", "thinking": "Hm."}),
    ),
    _asks(
        "signature-empty",
        "AM-Q12",
        "Thinking is sent back with an empty signature.",
        _first(1, {"type": "thinking", "thinking": "Hm.", "signature": ""}),
    ),
    _asks(
        "hidden-without-data",
        "AM-Q12",
        "Hidden thinking is sent back without its data.",
        _first(1, {"type": "redacted_thinking"}),
    ),
    _asks("assistant-document", "AM-Q04", "A document stands in a message of the assistant.", _first(1, _DOCUMENT)),
    _asks("user-citations", "AM-Q05", "A text of the user carries citations.", _say(_CITED)),
    _asks(
        "image-tiff",
        "AM-Q13",
        "An image is a TIFF.",
        lambda told: [one.update(media_type="image/tiff") for one in kit.at(told, "messages[].content[].source")],
        "image_input",
    ),
    _asks(
        "image-jpg",
        "AM-Q13",
        "The media type of an image is image/jpg.",
        lambda told: [one.update(media_type="image/jpg") for one in kit.at(told, "messages[].content[].source")],
        "image_input",
    ),
    _asks(
        "image-untyped",
        "AM-Q13",
        "An image has no media type.",
        lambda told: [one.pop("media_type") for one in kit.at(told, "messages[].content[].source")],
        "image_input",
    ),
    _asks(
        "image-data-url",
        "AM-Q23",
        "The data of an image is a data URL.",
        lambda told: [
            one.update(data="data:image/png;base64," + one["data"])
            for one in kit.at(told, "messages[].content[].source")
        ],
        "image_input",
    ),
    _asks(
        "image-mislabelled",
        "AM-Q23",
        "A PNG is called a JPEG.",
        lambda told: [one.update(media_type="image/jpeg") for one in kit.at(told, "messages[].content[].source")],
        "image_input",
    ),
)
