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
_HISTORY, _IMAGE = "tool_result", "image_input"


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

FAULTS = (
    *_MESSAGES,
    *_CALLS,
)
