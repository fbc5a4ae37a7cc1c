"""Faults of clients: requests in the words of another language, and histories that do not hold together.

Rule of the file: one field at a time; the official server refuses most of these with a 400.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import NOTHING, Asking, Fault
from conformance.faults.gemini.changing import CALL, NAME

_told = Teller(NAME, "request")
RESULT, IMAGE, FORMAT, THINK = "tool_result", "image_input", "structured_output", "thinking"
_PARTS = "contents[].parts[]"


def _fault(
    id: str, rule: str, sentence: str, asks: Asking | kit.Change, on: str = "", *, raw: bool = False, **more: Any
) -> Fault:
    return _told.fault(id, rule, sentence, NOTHING, on=on, asks=asks if raw else kit.asking(asks), **more)  # type: ignore[arg-type]


def _set(path: str, **keys: Any) -> kit.Change:
    return kit.set_at(path, **keys)


def _verb(change: Any) -> Asking:
    return kit.asking_url(change)


def _declared(change: kit.Change) -> kit.Change:
    return lambda body: [change(one) for one in kit.at(body, "tools[].functionDeclarations[]")]


def _mode(**keys: Any) -> kit.Change:
    return lambda body: body.update(toolConfig={"functionCallingConfig": keys})


def _messages(body: dict[str, Any]) -> None:
    body["messages"] = body.pop("contents")


FAULTS = (
    _fault(
        "path-without-verb",
        "GM-H01",
        "The path names no verb.",
        _verb(lambda path, query: (path.partition(":")[0], query)),
        raw=True,
    ),
    _fault(
        "path-slash",
        "GM-H01",
        "A slash stands before the verb.",
        _verb(lambda path, query: (path.replace(":", "/"), query)),
        raw=True,
    ),
    _fault(
        "alt-unknown",
        "GM-H01",
        "The stream is asked for in an unknown form.",
        _verb(lambda path, query: (path, "alt=ndjson")),
        raw=True,
    ),
    _fault("no-key", "GM-H02", "The request carries no key.", kit.asking_header("x-goog-api-key", None), raw=True),
    _fault(
        "key-of-anthropic",
        "GM-H02",
        "The key stands in x-api-key.",
        lambda request: kit.asking_header("x-api-key", "k")(kit.asking_header("x-goog-api-key", None)(request)),
        raw=True,
    ),
    _fault("contents-empty", "GM-Q01", "The contents are empty.", _set("", contents=[])),
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
        "part-of-two",
        "GM-Q02",
        "A part holds a text and bytes.",
        lambda body: [part.update(text="What is this?") for part in kit.at(body, _PARTS)],
        IMAGE,
    ),
    _fault("part-empty", "GM-Q02", "A part holds nothing.", lambda body: body["contents"][0]["parts"].append({})),
    _fault("part-typed", "GM-Q02", "A part holds its text under its type.", _set(_PARTS, type="text", text=None)),
    _fault(
        "result-unnamed",
        "GM-Q03",
        "A result has the name of no call.",
        _set(f"{_PARTS}.functionResponse", name="call_1"),
        RESULT,
    ),
    _fault(
        "result-string", "GM-Q03", "A result is a string.", _set(f"{_PARTS}.functionResponse", response="rain"), RESULT
    ),
    _fault(
        "result-lost",
        "GM-Q04",
        "A call has no result.",
        lambda body: body["contents"][-1].update(parts=[{"text": "And?"}]),
        RESULT,
    ),
    _fault(
        "result-twice",
        "GM-Q04",
        "A call has two results.",
        lambda body: body["contents"][-1].update(parts=body["contents"][-1]["parts"] * 2),
        RESULT,
    ),
    _fault(
        "result-other-id",
        "GM-Q04",
        "A result has the id of no call.",
        _set(f"{_PARTS}.functionResponse", id="other"),
        RESULT,
    ),
    _fault(
        "signature-lost",
        "GM-Q05",
        "A call comes back without its signature.",
        kit.drop_at(_PARTS, "thoughtSignature"),
        RESULT,
    ),
    _fault(
        "signature-changed", "GM-Q05", "A signature was changed.", _set(_PARTS, thoughtSignature="not base64!"), RESULT
    ),
    _fault(
        "system-turn",
        "GM-Q06",
        "System text is a turn.",
        lambda body: body["contents"].insert(0, {"role": "system", "parts": [{"text": "Be brief."}]}),
    ),
    _fault(
        "function-name", "GM-Q07", "A function's name holds a blank.", _declared(_set("", name="get weather")), CALL
    ),
    _fault(
        "function-of-two-schemas",
        "GM-Q07",
        "A function has two schemas.",
        _declared(_set("", parameters={"type": "OBJECT"})),
        CALL,
    ),
    _fault(
        "tools-of-openai",
        "JS-Q",
        "Tools are told as openai-chat does.",
        _set("", tools=[{"functionDeclarations": {"name": "f"}}]),
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
        _set("generationConfig", responseMimeType="text/plain"),
        FORMAT,
    ),
    _fault(
        "thinking-twice",
        "GM-Q10",
        "Budget and level of thinking are both given.",
        _set("generationConfig.thinkingConfig", thinkingBudget=1024),
        THINK,
    ),
    _fault(
        "call-in-pieces",
        "GM-Q11",
        "A call in the history has pieces of arguments.",
        _set(f"{_PARTS}.functionCall", partialArgs=[], willContinue=False),
        RESULT,
    ),
    _fault("limit-of-chat", "JS-Q", "The limit is a string.", _set("", generationConfig={"maxOutputTokens": "100"})),
)
