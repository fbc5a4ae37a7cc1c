"""Faults of clients: where a request goes, its messages, tools and options.

Rule of the file: the conversation about the umbrella (scenario tool_result) where calls and results are needed.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.cohere_v2.steps import NAME
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking, Fault

_TOLD = Teller(NAME, "request")
_TOOLS, _HISTORY, _JSON, _THINKING = "tool_call_single", "tool_result", "structured_output", "thinking"
_FUNCTION = "tools[].function"
_FOREIGN: dict[str, Any] = {"stop": ["END"], "top_p": 0.5, "n": 1, "max_completion_tokens": 16, "system": "Be brief."}


def _asks(id: str, rule: str, sentence: str, change: kit.Change, on: str = "", *also: str) -> Fault:
    return _sends(id, rule, sentence, kit.asking(change), on, *also)


def _sends(id: str, rule: str, sentence: str, asks: Asking, on: str = "", *also: str) -> Fault:
    return _TOLD.fault(id, rule, sentence, Bend(), asks=asks, on=on, also=frozenset(also))


def _set(path: str = "", **keys: Any) -> kit.Change:
    return kit.set_at(path, **keys)


def _turn(at: int, **keys: Any) -> kit.Change:
    return lambda told: told["messages"][at].update(keys)


def _later_system(told: dict[str, Any]) -> None:
    told["messages"].append({"role": "system", "content": "Be brief."})


_ADDRESS = (
    _sends(
        "version-one",
        "CO-H01",
        "The request goes to the first version.",
        kit.asking_url(lambda path, query: ("/v1/chat", query)),
    ),
    _sends(
        "path-of-openai",
        "CO-H01",
        "The request goes to /v2/chat/completions.",
        kit.asking_url(lambda path, query: (f"{path}/completions", query)),
    ),
    _sends(
        "key-basic",
        "CO-H01",
        "The key is no bearer token.",
        kit.asking_header("authorization", "Basic Y29uZm9ybWFuY2U="),
        "",
        "GN-14",
    ),
)

_MESSAGES = (
    _asks("no-model", "CO-Q01", "The request names no model.", kit.drop_at("", "model")),
    _asks("model-empty", "CO-Q01", "The model is empty.", _set(model="")),
    _asks("no-messages", "CO-Q01", "The request has no messages.", kit.drop_at("", "messages")),
    _asks("messages-empty", "CO-Q01", "There are no messages.", _set(messages=[])),
    _asks(
        "message-of-version-one",
        "CO-Q01",
        "The question stands in message, as in the first version.",
        lambda told: told.update(message=told.pop("messages")[-1]["content"]),
    ),
    _asks("role-developer", "CO-Q02", "A message has the role developer.", _turn(0, role="developer")),
    _asks("role-chatbot", "CO-Q02", "The assistant is called chatbot.", _turn(1, role="chatbot"), _HISTORY),
    _asks("system-late", "CO-Q02", "A system message comes last.", _later_system),
    _asks("message-empty", "CO-Q12", "A message is empty.", _turn(-1, content="")),
    _asks(
        "message-contentless", "CO-Q12", "A message has no content.", lambda told: told["messages"][-1].pop("content")
    ),
    _asks(
        "result-of-nothing",
        "CO-Q05",
        "A result names a call that was not made.",
        _turn(2, tool_call_id="nobody"),
        _HISTORY,
    ),
    _asks(
        "result-unnamed",
        "CO-Q05",
        "A result names no call.",
        lambda told: told["messages"][2].pop("tool_call_id"),
        _HISTORY,
    ),
    _asks(
        "plan-alone",
        "CO-Q08",
        "A plan is sent back without its calls.",
        lambda told: told["messages"].insert(1, {"role": "assistant", "tool_plan": "I will look."}),
        _HISTORY,
    ),
    _asks(
        "plan-as-content",
        "CO-Q13",
        "A plan is sent back as content beside its calls.",
        _turn(1, content="I will look."),
        _HISTORY,
    ),
    _asks(
        "arguments-object",
        "CO-Q14",
        "The arguments of a call are an object.",
        lambda told: told["messages"][1]["tool_calls"][0]["function"].update(arguments={"city": "Turin"}),
        _HISTORY,
    ),
    _asks(
        "image-url-text",
        "JS-Q",
        "The address of an image is a string.",
        _turn(0, content=[{"type": "image_url", "image_url": "https://example.com/a.png"}]),
    ),
)

_TOOL_FIELDS = (
    _asks("tool-name-dashed", "CO-Q03", "A tool's name holds a dash.", _set(_FUNCTION, name="get-weather"), _TOOLS),
    _asks("tool-name-digit", "CO-Q03", "A tool's name begins with a digit.", _set(_FUNCTION, name="1weather"), _TOOLS),
    _asks(
        "tool-without-parameters", "CO-Q03", "A tool has no parameters.", kit.drop_at(_FUNCTION, "parameters"), _TOOLS
    ),
    _asks(
        "tool-of-anthropic",
        "CO-Q03",
        "A tool is declared as in anthropic-messages.",
        lambda told: told.update(tools=[{"name": "get_weather", "input_schema": {"type": "object"}}]),
        _TOOLS,
    ),
    _asks(
        "tool-twice",
        "CO-Q10",
        "Two tools have the same name.",
        lambda told: told.update(tools=told["tools"] * 2),
        _TOOLS,
    ),
    _asks("choice-auto", "CO-Q04", "tool_choice is auto.", _set(tool_choice="auto"), _TOOLS),
    _asks(
        "choice-object",
        "CO-Q04",
        "tool_choice names a function.",
        _set(tool_choice={"type": "function", "function": {"name": "get_weather"}}),
        _TOOLS,
    ),
    _asks(
        "choice-without-tools", "CO-Q04", "A call is required, and there are no tools.", _set(tool_choice="REQUIRED")
    ),
)

_OPTIONS = (
    _asks("format-unknown", "CO-Q06", "The response format is of type json.", _set(response_format={"type": "json"})),
    _asks(
        "format-wrapped",
        "CO-Q06",
        "The schema of the answer stands in a wrapper.",
        lambda told: told["response_format"].update(
            json_schema={"name": "city", "schema": told["response_format"]["json_schema"]}
        ),
        _JSON,
    ),
    _asks(
        "schema-text", "CO-Q06", "The schema of the answer is a text.", _set("response_format", json_schema="{}"), _JSON
    ),
    _asks("stops-many", "CO-Q07", "There are six stop sequences.", _set(stop_sequences=list("abcdef"))),
    _asks("p-one", "CO-Q07", "p is 1.", _set(p=1.0)),
    _asks("p-zero", "CO-Q07", "p is 0.", _set(p=0)),
    _asks("k-large", "CO-Q07", "k is 501.", _set(k=501)),
    _asks("budget-zero", "CO-Q09", "The budget for thinking is 0.", _set("thinking", token_budget=0), _THINKING),
    _asks(
        "budget-text", "CO-Q09", "The budget for thinking is a string.", _set("thinking", token_budget="512"), _THINKING
    ),
    *(
        _asks(
            f"foreign-{key.replace('_', '-')}",
            "CO-Q11",
            f"The request holds {key}, a field of another language.",
            _set(**{key: value}),
        )
        for key, value in _FOREIGN.items()
    ),
)

FAULTS = (*_ADDRESS, *_MESSAGES, *_TOOL_FIELDS, *_OPTIONS)
