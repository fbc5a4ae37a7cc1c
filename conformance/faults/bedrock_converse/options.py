"""Faults of clients in tools, the choice among them, limits, images and the form of the answer.

Rule of the file: messages stand in `requests`.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.bedrock_converse.steps import NAME
from conformance.faults.every.telling import Teller
from conformance.faults.form import Fault

_TOLD = Teller(NAME, "request")
_TOOLS, _IMAGE, _JSON = "tool_call_single", "image_input", "structured_output"
_SPEC, _CONFIG = "toolConfig.tools[].toolSpec", "toolConfig"
_SOURCE = "messages[].content[].image"
_SCHEMA = "outputConfig.textFormat.structure.jsonSchema"


def _asks(id: str, rule: str, sentence: str, change: kit.Change, on: str = "", *also: str) -> Fault:
    return _TOLD.fault(id, rule, sentence, Bend(), asks=kit.asking(change), on=on, also=frozenset(also))


def _set(path: str = "", **keys: Any) -> kit.Change:
    return kit.set_at(path, **keys)


_FOREIGN: dict[str, Any] = {
    "max_tokens": 100,
    "temperature": 0.5,
    "maxTokens": 100,
    "stop": ["END"],
    "stream": True,
    "model": "m",
}


_TOOL_FIELDS = (
    _asks("tool-name-blank", "BR-Q03", "A tool's name holds a blank.", _set(_SPEC, name="get weather"), _TOOLS),
    _asks("tool-name-long", "BR-Q03", "A tool's name has 65 letters.", _set(_SPEC, name="w" * 65), _TOOLS),
    _asks(
        "schema-bare",
        "BR-Q03",
        "A tool's schema does not stand below json.",
        lambda told: [one.update(inputSchema=one["inputSchema"]["json"]) for one in kit.at(told, _SPEC)],
        _TOOLS,
    ),
    _asks(
        "schema-text",
        "BR-Q03",
        "A tool's schema is a text.",
        _set(f"{_SPEC}.inputSchema", json='{"type": "object"}'),
        _TOOLS,
    ),
    _asks(
        "tool-twice",
        "BR-Q11",
        "Two tools have the same name.",
        lambda told: told[_CONFIG].update(tools=told[_CONFIG]["tools"] * 2),
        _TOOLS,
    ),
    _asks("choice-text", "BR-Q06", "toolChoice is a string.", _set(_CONFIG, toolChoice="any"), _TOOLS),
    _asks("choice-none", "BR-Q06", "toolChoice is none.", _set(_CONFIG, toolChoice={"none": {}}), _TOOLS),
    _asks(
        "choice-two", "BR-Q06", "toolChoice has two members.", _set(_CONFIG, toolChoice={"auto": {}, "any": {}}), _TOOLS
    ),
    _asks(
        "choice-typed",
        "BR-Q06",
        "toolChoice is told as in anthropic-messages.",
        _set(_CONFIG, toolChoice={"type": "any"}),
        _TOOLS,
    ),
    _asks(
        "choice-unknown",
        "BR-Q17",
        "toolChoice names a tool that is not offered.",
        _set(_CONFIG, toolChoice={"tool": {"name": "look_up"}}),
        _TOOLS,
    ),
    _asks("no-tools", "BR-Q07", "toolConfig has no tools.", _set(toolConfig={"tools": []})),
)

_OPTIONS = (
    _asks("temperature-high", "BR-Q07", "The temperature is above 1.", _set(inferenceConfig={"temperature": 1.5})),
    _asks("top-p-high", "BR-Q07", "topP is above 1.", _set(inferenceConfig={"topP": 2})),
    _asks("limit-zero", "BR-Q07", "maxTokens is 0.", _set(inferenceConfig={"maxTokens": 0})),
    _asks("limit-text", "BR-Q07", "maxTokens is a string.", _set(inferenceConfig={"maxTokens": "100"})),
    _asks(
        "image-format", "BR-Q08", "The format of an image is a media type.", _set(_SOURCE, format="image/png"), _IMAGE
    ),
    _asks("image-jpg", "BR-Q08", "The format of an image is jpg.", _set(_SOURCE, format="jpg"), _IMAGE),
    _asks(
        "image-url",
        "BR-Q08",
        "An image is told by its address.",
        _set(_SOURCE, source={"url": "https://example.com/a.png"}),
        _IMAGE,
    ),
    _asks(
        "image-data-url",
        "BR-Q08",
        "The bytes of an image are a data URL.",
        _set(_SOURCE, source={"bytes": "data:image/png;base64,iVBORw0KGgo="}),
        _IMAGE,
    ),
    _asks(
        "schema-object",
        "BR-Q09",
        "The schema of the answer is an object.",
        _set(_SCHEMA, schema={"type": "object"}),
        _JSON,
    ),
    _asks(
        "schema-broken", "BR-Q09", "The schema of the answer is no JSON.", _set(_SCHEMA, schema="{type: object}"), _JSON
    ),
    *(
        _asks(
            f"foreign-{key.replace('_', '-').lower()}",
            "BR-Q16",
            f"The request holds {key} at its top.",
            _set(**{key: value}),
        )
        for key, value in _FOREIGN.items()
    ),
)

FAULTS = (
    *_TOOL_FIELDS,
    *_OPTIONS,
)
