"""Faults of clients: requests in the words of another language.

Rule of the file: one field at a time; the official server refuses most of these with a 400.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking
from conformance.faults.gemini.changing import CALL, NAME

_told = Teller(NAME, "request")
_fault = _told.body
RESULT, FORMAT, THINK = "tool_result", "structured_output", "thinking"


def _verb(change: Any) -> Asking:
    return kit.asking_url(change)


def _declared(change: kit.Change) -> kit.Change:
    return lambda body: [change(one) for one in kit.at(body, "tools[].functionDeclarations[]")]


def _mode(**keys: Any) -> kit.Change:
    return lambda body: body.update(toolConfig={"functionCallingConfig": keys})


def _messages(body: dict[str, Any]) -> None:
    body["messages"] = body.pop("contents")


FAULTS = (
    _told.sent(
        "path-without-verb",
        "GM-H01",
        "The path names no verb.",
        _verb(lambda path, query: (path.partition(":")[0], query)),
    ),
    _told.sent(
        "path-slash",
        "GM-H01",
        "A slash stands before the verb.",
        _verb(lambda path, query: (path.replace(":", "/"), query)),
    ),
    _told.sent(
        "alt-unknown",
        "GM-H01",
        "The stream is asked for in an unknown form.",
        _verb(lambda path, query: (path, "alt=ndjson")),
    ),
    _told.sent("no-key", "GM-H02", "The request carries no key.", kit.asking_header("x-goog-api-key", None)),
    _told.sent(
        "key-of-anthropic",
        "GM-H02",
        "The key stands in x-api-key.",
        lambda request: kit.asking_header("x-api-key", "k")(kit.asking_header("x-goog-api-key", None)(request)),
    ),
    _fault("contents-empty", "GM-Q01", "The contents are empty.", kit.set_at("", contents=[])),
    _fault("messages", "GM-Q01", "The conversation stands under `messages`.", _messages),
    _fault(
        "role-assistant",
        "GM-Q01",
        "The model's turns are of role `assistant`.",
        lambda body: [one.update(role="assistant") for one in body["contents"] if one["role"] == "model"],
        RESULT,
    ),
    _fault(
        "role-function",
        "GM-Q01",
        "Results are of role `function`.",
        lambda body: body["contents"][-1].update(role="function"),
        RESULT,
    ),
    _fault(
        "function-name",
        "GM-Q07",
        "A function's name holds a blank.",
        _declared(kit.set_at("", name="get weather")),
        CALL,
    ),
    _fault(
        "function-of-two-schemas",
        "GM-Q07",
        "A function has two schemas.",
        _declared(kit.set_at("", parameters={"type": "OBJECT"})),
        CALL,
    ),
    _fault(
        "tools-of-openai",
        "JS-Q",
        "Tools are told as openai-chat does.",
        kit.set_at("", tools=[{"functionDeclarations": {"name": "f"}}]),
        CALL,
    ),
    _fault("mode-of-openai", "GM-Q08", "The mode is REQUIRED.", _mode(mode="REQUIRED"), CALL),
    _fault(
        "names-with-auto",
        "GM-Q08",
        "Functions are picked, and the mode is AUTO.",
        _mode(mode="AUTO", allowedFunctionNames=["get_weather"]),
        CALL,
    ),
    _fault(
        "names-unknown",
        "GM-Q08",
        "A function is picked that was not declared.",
        _mode(mode="ANY", allowedFunctionNames=["look_up"]),
        CALL,
    ),
    _fault(
        "schema-without-type",
        "GM-Q09",
        "A schema is given, and no MIME type.",
        kit.drop_at("generationConfig", "responseMimeType"),
        FORMAT,
    ),
    _fault(
        "schema-of-text",
        "GM-Q09",
        "A schema is given for plain text.",
        kit.set_at("generationConfig", responseMimeType="text/plain"),
        FORMAT,
    ),
    _fault(
        "thinking-twice",
        "GM-Q10",
        "Budget and level of thinking are both given.",
        kit.set_at("generationConfig.thinkingConfig", thinkingBudget=1024),
        THINK,
    ),
    _fault(
        "limit-of-chat", "JS-Q", "The limit is a string.", kit.set_at("", generationConfig={"maxOutputTokens": "100"})
    ),
)
