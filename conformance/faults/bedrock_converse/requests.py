"""Faults of clients in the body of a request: messages, tools, options.

Rule of the file: the conversation about the umbrella (scenario tool_result) where calls and results are needed.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.bedrock_converse.steps import NAME
from conformance.faults.every.telling import Teller
from conformance.faults.form import Fault

_TOLD = Teller(NAME, "request")
_TOOLS, _HISTORY, _IMAGE, _JSON = "tool_call_single", "tool_result", "image_input", "structured_output"
_SPEC, _CONFIG = "toolConfig.tools[].toolSpec", "toolConfig"
_SOURCE = "messages[].content[].image"
_SCHEMA = "outputConfig.textFormat.structure.jsonSchema"


def _asks(id: str, rule: str, sentence: str, change: kit.Change, on: str = "", *also: str) -> Fault:
    return _TOLD.fault(id, rule, sentence, Bend(), asks=kit.asking(change), on=on, also=frozenset(also))


def _set(path: str = "", **keys: Any) -> kit.Change:
    return kit.set_at(path, **keys)


def _turn(at: int, **keys: Any) -> kit.Change:
    return lambda told: told["messages"][at].update(keys)


def _part(message: int, kind: str, **keys: Any) -> kit.Change:
    return lambda told: told["messages"][message]["content"][0][kind].update(keys)


def _say(*blocks: Any) -> kit.Change:
    return lambda told: told.update(messages=[{"role": "user", "content": list(blocks)}])


def _unanswered(told: dict[str, Any]) -> None:
    told["messages"][2]["content"] = [{"text": "Well?"}]


_FOREIGN: dict[str, Any] = {
    "max_tokens": 100,
    "temperature": 0.5,
    "maxTokens": 100,
    "stop": ["END"],
    "stream": True,
    "model": "m",
}

_MESSAGES = (
    _asks("content-text", "BR-Q01", "The content of a message is a string.", _turn(0, content="Hello")),
    _asks("content-empty", "BR-Q01", "The content of a message is an empty list.", _turn(0, content=[])),
    _asks("block-typed", "BR-Q01", "A block has a type beside its text.", _say({"type": "text", "text": "Hello"})),
    _asks(
        "block-two",
        "BR-Q01",
        "A block holds a text and an image.",
        kit.set_at("messages[].content[]", text="Hello"),
        _IMAGE,
    ),
    _asks("role-tool", "BR-Q02", "A message has the role tool.", _turn(2, role="tool"), _HISTORY, "BR-Q10"),
    _asks("role-model", "BR-Q02", "The assistant is called model.", _turn(1, role="model"), _HISTORY, "BR-Q10"),
    _asks("role-developer", "BR-Q02", "A message has the role developer.", _turn(0, role="developer")),
    _asks("text-blank", "BR-Q13", "A text is blank.", _say({"text": " "})),
    _asks("text-empty", "BR-Q13", "A text is empty.", _say({"text": ""})),
    _asks(
        "assistant-begins",
        "BR-Q15",
        "The conversation begins with the assistant.",
        lambda told: told["messages"].insert(0, {"role": "assistant", "content": [{"text": "Hello."}]}),
    ),
    _asks("no-messages", "JS-Q", "messages is a string.", _set(messages="Hello")),
)

_CALLS = (
    _asks(
        "id-slash",
        "BR-Q04",
        "The id of a call holds a slash.",
        lambda told: (_part(1, "toolUse", toolUseId="call/1")(told), _part(2, "toolResult", toolUseId="call/1")(told)),
        _HISTORY,
    ),
    _asks(
        "id-long",
        "BR-Q04",
        "The id of a call has 65 letters.",
        lambda told: (_part(1, "toolUse", toolUseId="t" * 65)(told), _part(2, "toolResult", toolUseId="t" * 65)(told)),
        _HISTORY,
    ),
    _asks(
        "input-text",
        "BR-Q05",
        "The input of a call is JSON text.",
        _part(1, "toolUse", input='{"city": "Turin"}'),
        _HISTORY,
    ),
    _asks(
        "json-text",
        "BR-Q05",
        "The JSON of a result is JSON text.",
        _part(2, "toolResult", content=[{"json": '{"sky": "rain"}'}]),
        _HISTORY,
    ),
    _asks(
        "result-of-nothing",
        "BR-Q10",
        "A result names a call that was not made.",
        _part(2, "toolResult", toolUseId="nobody"),
        _HISTORY,
        "BR-Q14",
    ),
    _asks(
        "result-late",
        "BR-Q10",
        "A result comes after another turn.",
        lambda told: told["messages"].insert(2, {"role": "user", "content": [{"text": "Well?"}]}),
        _HISTORY,
        "BR-Q14",
    ),
    _asks("unanswered", "BR-Q14", "A call is not answered.", _unanswered, _HISTORY),
    _asks(
        "tools-dropped",
        "BR-Q12",
        "The messages hold calls, and there is no toolConfig.",
        kit.drop_at("", "toolConfig"),
        _HISTORY,
    ),
)

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

FAULTS = (*_MESSAGES, *_CALLS, *_TOOL_FIELDS, *_OPTIONS)
