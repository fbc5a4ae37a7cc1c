"""Faults of clients: requests in the words of another language.

Rule of the file: one field at a time; the server refuses some, and ignores the others in silence.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.every.telling import Teller

_fault = Teller("ollama", "request").body
TOOLS, RESULT, IMAGE = "tool_call_single", "tool_result", "image_input"
_DATA_URL = "data:image/png;base64,iVBORw0KGgo="


def _set(path: str = "", **fields: Any) -> kit.Change:
    return kit.set_at(path, **fields)


FAULTS = (
    _fault("stream-unsaid", "OL-Q01", "Nothing is said of a stream.", kit.drop_at("", "stream")),
    _fault("stream-word", "OL-Q01", "The stream is asked for in a word.", _set(stream="yes")),
    _fault(
        "content-parts",
        "OL-Q02",
        "The content is a list of parts.",
        _set("messages[]", content=[{"type": "text", "text": "Hello"}]),
    ),
    _fault("image-data-url", "OL-Q02", "An image is a data URL.", _set("messages[]", images=[_DATA_URL]), IMAGE),
    _fault(
        "image-url",
        "OL-Q02",
        "An image is an address.",
        _set("messages[]", images=["https://example.org/a.png"]),
        IMAGE,
    ),
    _fault(
        "arguments-string",
        "OL-Q03",
        "The arguments of a call are JSON text.",
        _set("messages[].tool_calls[].function", arguments='{"city":"Turin"}'),
        RESULT,
    ),
    _fault("temperature-above", "OL-Q04", "The temperature stands at the top.", _set(temperature=0.5)),
    _fault("max-tokens", "OL-Q04", "The limit is called max_tokens.", _set(max_tokens=100)),
    _fault("stop-above", "OL-Q04", "Stop sequences stand at the top.", _set(stop=["END"])),
    _fault(
        "limit-in-options",
        "OL-Q04",
        "The limit in the options is called max_tokens.",
        _set(options={"max_tokens": 100}),
    ),
    _fault("stop-string", "OL-Q04", "The stop sequence is a string, in no list.", _set(options={"stop": "END"})),
    _fault("format-unknown", "OL-Q05", "The format is no word that is known.", _set(format="yaml")),
    _fault("format-of-chat", "OL-Q05", "The format is one of the chat language.", _set(format={"type": "json_object"})),
    _fault(
        "response-format",
        "OL-Q05",
        "JSON is asked for in response_format.",
        _set(response_format={"type": "json_object"}),
    ),
    _fault("think-unknown", "OL-Q06", "Thinking is asked for in a word that nobody knows.", _set(think="a lot")),
    _fault("think-number", "OL-Q06", "Thinking is asked for by a number.", _set(think=1)),
    _fault("tool-choice", "OL-Q07", "A tool choice is made.", _set(tool_choice="required"), TOOLS),
)
